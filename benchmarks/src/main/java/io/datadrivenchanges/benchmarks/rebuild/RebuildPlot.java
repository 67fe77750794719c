package io.datadrivenchanges.benchmarks.rebuild;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;

/// Draws seconds and heap of each way side by side.
final class RebuildPlot {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;
    private static final String SECONDS = "seconds";
    private static final String BYTES = "bytes of heap per courier";

    private RebuildPlot() {}

    static void write(Map<String, RebuildBenchmark.Side> sides, int couriers, Path file) throws IOException {
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).theme(ChartTheme.XChart)
                .title("%,d couriers from the topic, a fresh JVM each".formatted(couriers)).build();
        chart.getStyler().setLabelsVisible(true).setLegendPosition(LegendPosition.OutsideS)
                .setChartBackgroundColor(Color.WHITE);
        chart.setYAxisGroupTitle(0, SECONDS);
        chart.setYAxisGroupTitle(1, BYTES);
        chart.addSeries(SECONDS, sides.keySet().stream().toList(), values(sides, RebuildBenchmark.Side::seconds))
                .setYAxisGroup(0);
        chart.addSeries(BYTES, sides.keySet().stream().toList(),
                values(sides, RebuildBenchmark.Side::bytesPerCourier)).setYAxisGroup(1);
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    }

    private static List<Double> values(Map<String, RebuildBenchmark.Side> sides,
            ToDoubleFunction<RebuildBenchmark.Side> value) {
        return sides.values().stream().map(side -> Math.round(value.applyAsDouble(side) * 100) / 100.0).toList();
    }
}

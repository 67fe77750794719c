package io.datadrivenchanges.benchmarks.pipeline;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

import io.datadrivenchanges.benchmarks.measurement.Latencies;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws how the latency grows from the fastest towards the slowest changes, both axes logarithmic, the lower one by how many
/// are slower.
final class LatencyPlot {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;
    private static final int POINTS_PER_DECADE = 20;
    private static final int DECADES = 3;
    /// Far enough apart for one at each decade.
    private static final int PIXELS_BETWEEN_TICKS = 150;
    /// What the histograms' resolution can tell from nothing, and a logarithm can show.
    private static final double SMALLEST_MILLIS = 0.01;

    private LatencyPlot() {}

    static void write(PipelineLatency.Result result, Path file) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).theme(ChartTheme.XChart)
                .title("commit → visible, " + result.rate() + " changes/s")
                .xAxisTitle("share of changes that are faster").yAxisTitle("milliseconds").build();
        // The library labels a logarithmic axis at the places of a linear one, hence the exponents.
        chart.getStyler().setYAxisLogarithmic(true).setXAxisTickMarkSpacingHint(PIXELS_BETWEEN_TICKS)
                .setxAxisTickLabelsFormattingFunction(LatencyPlot::share).setYAxisDecimalPattern("0.##")
                .setLegendPosition(LegendPosition.OutsideS).setChartBackgroundColor(Color.WHITE);
        for (Contender contender : Contender.values()) {
            Latencies latencies = result.side(contender).latencies();
            double[] exponents = IntStream.rangeClosed(0, POINTS_PER_DECADE * DECADES)
                    .mapToDouble(point -> (double) point / POINTS_PER_DECADE).toArray();
            double[] millis = Arrays.stream(exponents).map(exponent -> Math.max(SMALLEST_MILLIS,
                    latencies.millisAtPercentile(100 - 100 / Math.pow(10, exponent)))).toArray();
            chart.addSeries(contender.toString(), exponents, millis).setMarker(SeriesMarkers.NONE);
        }
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One in ten to the power of 2 is slower: 99 %. Nothing between whole powers.
    private static String share(double exponent) {
        return exponent == Math.rint(exponent)
                ? new DecimalFormat("0.## %", DecimalFormatSymbols.getInstance(Locale.ROOT))
                        .format(1 - Math.pow(10, -exponent))
                : " ";
    }
}

package io.datadrivenchanges.benchmarks.pipeline;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

import io.datadrivenchanges.benchmarks.measurement.Latencies;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws how the latency grows towards the slowest changes: both axes logarithmic, the lower one by how many are slower.
final class LatencyPlot {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;
    private static final int POINTS_PER_DECADE = 20;
    private static final int DECADES = 3;
    /// What the histograms' resolution can tell from nothing, and a logarithm can show.
    private static final double SMALLEST_MILLIS = 0.01;

    private LatencyPlot() {}

    static void write(PipelineLatency.Result result, Path file) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).theme(ChartTheme.XChart)
                .title("commit → visible, " + result.rate() + " changes/s")
                .xAxisTitle("share of changes that are at least this fast").yAxisTitle("milliseconds").build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true)
                .setxAxisTickLabelsFormattingFunction(LatencyPlot::share).setYAxisDecimalPattern("0.##")
                .setLegendPosition(LegendPosition.OutsideS).setChartBackgroundColor(Color.WHITE);
        for (Contender contender : Contender.values()) {
            var latencies = new Latencies();
            result.side(contender).rounds().forEach(round -> latencies.add(round.latencies()));
            int points = POINTS_PER_DECADE * DECADES + 1;
            var oneIn = new double[points];
            var millis = new double[points];
            for (int i = 0; i < points; i++) {
                oneIn[i] = Math.pow(10, (double) i / POINTS_PER_DECADE);
                millis[i] = Math.max(SMALLEST_MILLIS, latencies.millisAtPercentile(100 - 100 / oneIn[i]));
            }
            chart.addSeries(contender.toString(), oneIn, millis).setMarker(SeriesMarkers.NONE);
        }
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One in 100 is slower: 99 %.
    private static String share(double oneIn) {
        return new DecimalFormat("0.## %", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(1 - 1 / oneIn);
    }
}

package io.datadrivenchanges.benchmarks.verdict;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import io.datadrivenchanges.experiment.verdict.RateProof;
import io.datadrivenchanges.experiment.verdict.Verdict;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// The plots of the page, as SVG files.
final class Charts {
    private static final double LIMIT = 1e-3;
    private static final int WIDTH = 820;
    private static final int HEIGHT = 440;
    /// Tell apart for every kind of colour blindness (Okabe and Ito).
    private static final List<Color> COLOURS = List.of(new Color(0, 114, 178), new Color(213, 94, 0),
            new Color(0, 158, 115), new Color(204, 121, 167), new Color(90, 90, 90));

    private static final Pattern DECIMALS = Pattern.compile("(\\d\\.\\d)\\d+");
    private static final Pattern CLIP = Pattern.compile("clip\\d+");

    private final Path folder;
    private final Histories histories;

    Charts(Path folder, Histories histories) {
        this.folder = folder;
        this.histories = histories;
    }

    void draw() throws IOException {
        wealth();
        region();
        looking();
        guard();
    }

    /// The bet against four candidates.
    private void wealth() throws IOException {
        XYChart chart = chart("What one coin has become, limit 1 in 1,000, one history each", "changes seen", "coins");
        // Logarithms on a plain axis: the library's own logarithmic one draws hundreds of grid lines.
        chart.getStyler().setYAxisMin(-4.0).setYAxisMax(5.0)
                .setyAxisTickLabelsFormattingFunction(Charts::powerOfTen);
        double[] looks = steps(0, 30_000, 100);
        line(chart, "PROMOTE: 20 coins", new double[]{0, 30_000}, new double[]{Math.log10(20), Math.log10(20)}, 4,
                true);
        double[] rates = {0, LIMIT / 2, LIMIT, 3 * LIMIT};
        String[] names = {"never wrong", "wrong 1 in 2,000", "wrong 1 in 1,000: just the limit", "wrong 3 in 1,000"};
        for (int i = 0; i < rates.length; i++) {
            double[] exponents = Arrays.stream(histories.wealth(LIMIT, rates[i], looks)).map(log -> log / Math.log(10))
                    .map(exponent -> Math.clamp(exponent, -4, 5)).toArray();
            line(chart, names[i], looks, exponents, i, false);
        }
        save(chart, "wealth");
    }

    /// How many bad ones of how many lead where.
    private void region() throws IOException {
        XYChart chart = chart("How many bad changes of how many lead where, limit 1 in 1,000", "changes seen",
                "of these bad");
        int most = 40;
        RateProof low = RateProof.below(LIMIT, Verdict.PROMOTE_ERROR);
        RateProof high = RateProof.above(LIMIT, Verdict.DEMOTE_ERROR);
        double[] bad = IntStream.rangeClosed(0, most).asDoubleStream().toArray();
        line(chart, "PROMOTE from here on to the right",
                Arrays.stream(bad).map(k -> low.turningPoint((long) k).orElseThrow()).toArray(), bad, 0, false);
        double[] some = Arrays.stream(bad).filter(k -> high.turningPoint((long) k).isPresent()).toArray();
        line(chart, "DEMOTE from here on to the left",
                Arrays.stream(some).map(k -> high.turningPoint((long) k).orElseThrow()).toArray(), some, 1, false);
        line(chart, "just the limit", new double[]{0, most / LIMIT}, new double[]{0, most}, 4, true);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(60_000.0).setYAxisMax((double) most);
        save(chart, "region");
    }

    /// Candidates as bad as tolerated that were promoted by then.
    private void looking() throws IOException {
        double limit = 1e-4;
        XYChart chart = chart("A candidate just as bad as tolerated (1 in 10,000): promoted by then", "changes seen",
                "% of candidates");
        double horizon = 100 / limit;
        double[] looks = steps(0, horizon, 200);
        double[] naive = histories.observedBelow(limit, limit, horizon);
        double[] ours = histories.promotions(limit, limit, horizon);
        line(chart, "\"observed rate ≤ limit\", looked at each 1,000", looks, percent(naive, looks), 1, false);
        line(chart, "the verdict, looked at after every change", looks, percent(ours, looks), 0, false);
        line(chart, "5 %", new double[]{0, horizon}, new double[]{5, 5}, 4, true);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
        save(chart, "looking");
    }

    /// A candidate that breaks after a long good past.
    private void guard() throws IOException {
        double limit = 1e-4;
        long past = 1_000_000;
        double rate = 10 * limit;
        XYChart chart = chart("After 1,000,000 good changes 1 in 1,000 is wrong (limit 1 in 10,000): noticed by then",
                "changes since it broke", "% of histories");
        double[] looks = IntStream.rangeClosed(0, 120).mapToDouble(i -> Math.pow(10, 2 + i / 30.0)).toArray();
        line(chart, "guard", looks, percent(histories.alarms(limit, rate, past), looks), 0, false);
        line(chart, "proof over all changes", looks,
                percent(histories.demotions(limit, rate, (double) past, 1e15), looks), 1,
                false);
        chart.getStyler().setXAxisLogarithmic(true).setYAxisMin(0.0).setYAxisMax(100.0);
        save(chart, "guard");
    }

    private static double[] percent(double[] sorted, double... looks) {
        return Arrays.stream(looks).map(look -> 100 * Histories.shareUntil(sorted, look)).toArray();
    }

    private static double[] steps(double from, double to, int count) {
        return IntStream.rangeClosed(0, count).mapToDouble(i -> from + (to - from) * i / count).toArray();
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(x).yAxisTitle(y)
                .build();
        chart.getStyler().setXAxisDecimalPattern("#,###").setXAxisTickMarkSpacingHint(110)
                .setLegendPosition(LegendPosition.OutsideS)
                .setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private static void line(XYChart chart, String name, double[] x, double[] y, int colour, boolean dashed) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE).setLineColor(COLOURS.get(colour)).setLineStyle(dashed
                ? new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[]{6, 5}, 0)
                : new BasicStroke(2.2f));
    }

    private static String powerOfTen(double exponent) {
        String power = String.format(Locale.ROOT, "%,.0f", Math.pow(10, Math.abs(exponent)));
        return exponent < 0 ? "1/" + power : power;
    }

    /// What the encoder writes with up to fifteen digits and names that change at every run, made smaller and always the same.
    private void save(XYChart chart, String name) throws IOException {
        Path file = folder.resolve(name + ".svg");
        VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
        String rounded = DECIMALS.matcher(Files.readString(file)).replaceAll("$1");
        List<String> clips = CLIP.matcher(rounded).results().map(MatchResult::group).distinct().toList();
        for (int i = 0; i < clips.size(); i++) {
            rounded = rounded.replace(clips.get(i), "clip-" + i);
        }
        Files.writeString(file, rounded);
    }
}

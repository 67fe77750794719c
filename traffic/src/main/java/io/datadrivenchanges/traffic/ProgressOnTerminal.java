package io.datadrivenchanges.traffic;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A bar that redraws itself on the terminal.
final class ProgressOnTerminal implements Progress {
    private static final int PERIOD_MILLIS = 500;

    private final ProgressBar bar;

    ProgressOnTerminal(long total) {
        bar = new ProgressBarBuilder().setTaskName("Paying")
                .setInitialMax(total)
                .setUpdateIntervalMillis(PERIOD_MILLIS)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" deliveries", 1)
                .showSpeed()
                .build();
    }

    @Override
    public void step() {
        bar.step();
    }

    @Override
    public void close() {
        bar.close();
    }
}

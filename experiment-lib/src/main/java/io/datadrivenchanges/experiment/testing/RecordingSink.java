package io.datadrivenchanges.experiment.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.datadrivenchanges.experiment.Report;
import io.datadrivenchanges.experiment.Sink;

/// A sink that remembers every report, matches included. Call `Laboratory.drain` before looking. Thread-safe.
public final class RecordingSink implements Sink {

    private final List<Report.Result> results = new CopyOnWriteArrayList<>();
    private final List<Report.Notice> notices = new CopyOnWriteArrayList<>();

    @Override
    public void accept(Report report) {
        switch (report) {
            case Report.Result result -> results.add(result);
            case Report.Notice notice -> notices.add(notice);
        }
    }

    @Override
    public boolean wantsMatches() {
        return true;
    }

    /// The results so far, oldest first; a copy.
    public List<Report.Result> results() {
        return List.copyOf(results);
    }

    /// The notices so far, oldest first; a copy.
    public List<Report.Notice> notices() {
        return List.copyOf(notices);
    }

    /// The only result so far.
    ///
    /// @throws IllegalStateException if there is none, or more than one
    public Report.Result only() {
        List<Report.Result> all = results();
        if (all.size() != 1) {
            throw new IllegalStateException("expected one result: " + all);
        }
        return all.getFirst();
    }
}

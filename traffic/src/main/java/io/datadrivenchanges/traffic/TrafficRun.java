package io.datadrivenchanges.traffic;

import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;

/// A load that is checked and ready to run. To be run once, by one thread.
public final class TrafficRun {
    private final Plan plan;
    private final int maxInFlight;

    TrafficRun(Plan plan, int maxInFlight) {
        this.plan = plan;
        this.maxInFlight = maxInFlight;
    }

    /// Whether progress would be shown by a bar that redraws itself.
    @SuppressWarnings("SystemConsoleNull") // Since JDK 25 it is null again where there is no terminal.
    public boolean showsBar() {
        return plan.total().isPresent() && System.console() != null && System.console().isTerminal();
    }

    /// Pays every delivery and prints the summary.
    ///
    /// @param payments address of payments-service
    /// @param incentives address of incentives-service
    /// @param out where progress lines and the summary go
    /// @param showProgress whether to show the way to the end: a bar on a terminal, lines elsewhere
    /// @return whether every delivery ended in a payment
    /// @throws TrafficException if Payments does not tell the experiment's numbers
    /// @throws InterruptedException if the calling thread was interrupted; deliveries in flight are awaited
    public boolean run(URI payments, URI incentives, PrintWriter out, boolean showProgress)
            throws InterruptedException {
        var backoff = new Backoff(System::nanoTime, bound -> ThreadLocalRandom.current().nextLong(bound));
        Summary summary;
        try (var services = new Services(payments, incentives, backoff);
                Progress progress = showProgress ? progress(out) : Progress.NONE) {
            summary = new Load(services, maxInFlight, System::nanoTime).run(plan, progress);
        }
        out.print(summary.text());
        out.flush();
        return summary.complete();
    }

    private Progress progress(PrintWriter out) {
        return showsBar()
                ? new ProgressOnTerminal(plan.total().getAsLong())
                : new ProgressLines(out, plan.total());
    }
}

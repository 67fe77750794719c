package io.datadrivenchanges.experiment.example;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.datadrivenchanges.experiment.Comparing;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Recheck;
import io.datadrivenchanges.experiment.Shadow;
import io.datadrivenchanges.experiment.Summary;

/// A shop that asks a price service and wants to read a local copy instead: everything that is needed, without Spring.
///
/// The copy is late for one article and wrong for another, and the experiment tells the two apart. Run `main`.
public final class PriceMigration {

    /// A price in cents, and how often it was changed.
    record Price(long cents, long version) {}

    /// The price service, as far as this example needs one.
    static final class Prices {

        private final Map<String, Price> byArticle = new ConcurrentHashMap<>();

        void set(String article, long cents) {
            byArticle.merge(article, new Price(cents, 1), (old, first) -> new Price(cents, old.version() + 1));
        }

        Price of(String article) {
            Price price = byArticle.get(article);
            if (price == null) {
                throw new IllegalArgumentException("no such article: " + article);
            }
            return price;
        }
    }

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private PriceMigration() {}

    public static void main(String[] arguments) {
        System.out.println(run().json());
    }

    /// Asks for prices while the copy is late and wrong.
    ///
    /// @return what the experiment has counted
    static Summary run() {
        Prices service = new Prices();
        Map<String, Price> copy = new ConcurrentHashMap<>();
        for (String article : new String[]{"apple", "bread", "coffee"}) {
            service.set(article, 100);
            copy.put(article, service.of(article));
        }

        try (Laboratory lab = Laboratory.create()) {
            Experiment<String, Price, RuntimeException> experiment = lab.experiment("prices")
                    .control((String article) -> service.of(article))
                    .candidate("copy", copy::get, Comparing.by(Price::cents, Price::cents))
                    .versions(Price::version, Price::version)
                    .recheck(Recheck.at(Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(300)))
                    .impact((article, control, candidate) -> candidate.cents() - control.cents())
                    .shadow(new Shadow.Inline())
                    .build();

            experiment.call("apple"); // the same on both sides
            service.set("bread", 110);
            experiment.call("bread"); // the copy is late …
            copy.put("bread", service.of("bread")); // … and catches up
            copy.put("coffee", new Price(1, 1)); // the copy is wrong, and stays so
            experiment.call("coffee");

            lab.drain(LIMIT);
            return settled(experiment);
        }
    }

    /// Waits until it is known what became of each mismatch.
    private static Summary settled(Experiment<?, ?, ?> experiment) {
        long start = System.nanoTime();
        while (experiment.summary().count("rechecking") > 0 && System.nanoTime() - start < LIMIT.toNanos()) {
            LockSupport.parkNanos(1_000_000);
        }
        return experiment.summary();
    }
}

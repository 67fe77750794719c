package io.datadrivenchanges.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/// The evidence that a laboratory keeps, in bounded memory. Thread-safe.
///
/// Of each signature a *reservoir* of 32 is kept: of all that were offered, each is in it with the same probability (Vitter's
/// algorithm R: the n-th replaces a random one with probability 32/n). So what happens all the time does not push out what is
/// rare, and what is kept of it is fair. At most 256 signatures; a new one beyond is dropped. At most 16 MB: if what is to come in does not
/// fit, the signature that takes the most room gives something up. All that was offered and is not there is counted.
final class EvidenceArchive {

    static final int PER_SIGNATURE = 32;
    static final int MAX_SIGNATURES = 256;
    static final int MAX_BYTES = 16 << 20;

    private final RandomGenerator random;
    private final Map<Signature, Reservoir> reservoirs = new LinkedHashMap<>();
    private long bytes;
    private long dropped;

    /// What findings are told apart by.
    ///
    /// @param cause of a mismatch: its settlement; else the finding
    /// @param paths where the values differ
    /// @param error class of what the candidate threw; `null` if it did not
    record Signature(String experiment, String candidate, String cause, List<String> paths, @Nullable String error,
            @Nullable String cohort) {
        Signature {
            paths = List.copyOf(paths);
        }

        static Signature of(Ended<?, ?, ?> run, @Nullable Settlement settlement) {
            Plan<?, ?, ?> plan = run.candidate().plan;
            List<String> paths = run.finding() instanceof Finding.Mismatch mismatch
                    ? mismatch.why().paths().stream().<String>map(Difference::path).toList()
                    : List.of();
            String error = run.observed().outcome() instanceof Outcome.Threw<?> threw
                    ? threw.error().getClass().getName()
                    : null;
            String cause = settlement == null ? Evidence.Judgement.of(run.finding(), null).finding() : settlement.key();
            return new Signature(plan.experiment, plan.candidateName, cause, paths, error, run.cohort());
        }
    }

    private static final class Reservoir {
        private final List<Evidence> kept = new ArrayList<>();
        private long offered;
        private long bytes;
    }

    EvidenceArchive(RandomGenerator random) {
        this.random = random;
    }

    /// Offers a piece of evidence.
    ///
    /// @param made called only if it is to be kept
    synchronized void offer(Signature signature, Supplier<Evidence> made) {
        Reservoir reservoir = reservoirs.get(signature);
        if (reservoir == null) {
            if (reservoirs.size() == MAX_SIGNATURES) {
                dropped++;
                return;
            }
            reservoir = new Reservoir();
            reservoirs.put(signature, reservoir);
        }
        long place = random.nextLong(++reservoir.offered);
        if (reservoir.kept.size() == PER_SIGNATURE && place >= PER_SIGNATURE) {
            dropped++;
            return;
        }
        Evidence evidence = made.get();
        if (reservoir.kept.size() == PER_SIGNATURE) {
            drop(reservoir, (int) place);
        }
        while (bytes + evidence.size() > MAX_BYTES) {
            Reservoir largest = largest();
            drop(largest, random.nextInt(largest.kept.size()));
        }
        reservoir.kept.add(evidence);
        reservoir.bytes += evidence.size();
        bytes += evidence.size();
    }

    /// All that is kept of an experiment, by signature in the order of their first appearance.
    synchronized List<Evidence> of(String experiment) {
        List<Evidence> all = new ArrayList<>();
        reservoirs.forEach((signature, reservoir) -> {
            if (signature.experiment().equals(experiment)) {
                all.addAll(reservoir.kept);
            }
        });
        return all;
    }

    synchronized int size() {
        return reservoirs.values().stream().mapToInt(reservoir -> reservoir.kept.size()).sum();
    }

    synchronized long bytes() {
        return bytes;
    }

    /// How many were offered and are not kept.
    synchronized long dropped() {
        return dropped;
    }

    private void drop(Reservoir reservoir, int place) {
        int size = reservoir.kept.remove(place).size();
        reservoir.bytes -= size;
        bytes -= size;
        dropped++;
    }

    private Reservoir largest() {
        Reservoir largest = null;
        for (Reservoir reservoir : reservoirs.values()) {
            largest = largest == null || reservoir.bytes > largest.bytes ? reservoir : largest;
        }
        if (largest == null || largest.kept.isEmpty()) {
            throw new IllegalStateException("nothing is kept, yet there is no room");
        }
        return largest;
    }
}

package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How the stages of a laboratory's experiments move by evidence. Immutable.
///
/// Back to [Stage#SHADOW], by the guard's alarm, they always do. Forward goes one step at a time: SHADOW, each share of CANARY, LIVE;
/// never to COMPLETE, after which nothing is compared any more. People can move a stage at any time, by the store.
///
/// @param instance name of this process, unique among those that run at the same time and the same after a restart; not blank
/// @param version of code and configuration; with another one all evidence begins from zero; not blank
/// @param canaryShares of the keys in percent, rising from 1 to at most 100; may be empty
/// @param leastStay at a stage before it moves forward, not negative; a week of evidence is asked for by the criteria, not here
/// @param forward whether a PROMOTE moves a stage forward; if not, it only advises
public record Promotion(String instance, String version, List<Integer> canaryShares, Duration leastStay,
        boolean forward) {

    /// @throws IllegalArgumentException if one of them is not within its bounds
    public Promotion {
        canaryShares = List.copyOf(canaryShares);
        if (instance.isBlank() || version.isBlank() || leastStay.isNegative()) {
            throw new IllegalArgumentException(
                    "instance '" + instance + "', version '" + version + "', least stay " + leastStay);
        }
        int below = 0;
        for (int share : canaryShares) {
            if (share <= below || share > 100) {
                throw new IllegalArgumentException("shares must rise from 1 to at most 100: " + canaryShares);
            }
            below = share;
        }
    }

    List<StagePilot.Rung> ladder() {
        List<StagePilot.Rung> ladder = new ArrayList<>();
        ladder.add(StagePilot.Rung.SHADOW);
        canaryShares.forEach(share -> ladder.add(new StagePilot.Rung(Stage.CANARY, share)));
        ladder.add(new StagePilot.Rung(Stage.LIVE, 0));
        return List.copyOf(ladder);
    }
}

package io.datadrivenchanges.experiment.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.audit.AuditLimits;
import io.datadrivenchanges.experiment.verdict.Criteria;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Settings of the laboratory.
///
/// @param enabled Whether candidates are asked at all: position of the kill switch at the start.
/// @param stage Stage at which an experiment begins, not CANARY; where stages are stored, the stored one counts.
/// @param period Time between two summary lines in the log.
/// @param jsonLines Settings of the file of reports.
/// @param criteria What a verdict asks for before a candidate may take over.
/// @param promotion How stages move by evidence, where there is a store of stages.
/// @param audit What an audit of all keys may cost, for applications that make one.
@ConfigurationProperties(value = "experiment", ignoreUnknownFields = false)
record ExperimentProperties(@DefaultValue("true") boolean enabled, @DefaultValue("SHADOW") Stage stage,
        @DefaultValue("1m") Duration period, @DefaultValue JsonLines jsonLines, @DefaultValue CriteriaSettings criteria,
        @DefaultValue PromotionRules promotion, @DefaultValue AuditSettings audit) {

    ExperimentProperties {
        if (stage == Stage.CANARY) {
            throw new IllegalArgumentException(
                    "experiment.stage: no experiment can begin at CANARY, which needs a share");
        }
        if (!period.isPositive()) {
            throw new IllegalArgumentException("experiment.period must be positive: " + period);
        }
    }

    /// Settings of the file of reports.
    ///
    /// @param path File that each report is appended to as a line of JSON; empty writes none.
    /// @param maxSize Largest size of one file, from 1KB.
    /// @param maxFiles Files that are kept, the newest included, from 1 to 1000.
    /// @param matchesEnabled Whether matches are written too, not only what went wrong.
    record JsonLines(@Nullable Path path, @DefaultValue("16MB") DataSize maxSize, @DefaultValue("4") int maxFiles,
            @DefaultValue("false") boolean matchesEnabled) {}

    /// What a verdict asks for before a candidate may take over.
    ///
    /// @param rate Tolerated rate of bad changes, between 0 and 0.5.
    /// @param baselineRate Tolerated rate of keys that are wrong when first seen, between 0 and 0.5.
    /// @param budgets What a change may cost on average, by currency.
    /// @param minExposures Changes to be seen at least; 0 means as many as the proof takes.
    /// @param minCohorts Cohorts in which changes must have been seen.
    /// @param minSpan Time to be collected over at least.
    /// @param seededEnabled Whether falsified answers have to show that wrong ones are noticed.
    record CriteriaSettings(@DefaultValue("0.001") double rate, @DefaultValue("0.001") double baselineRate,
            @DefaultValue Map<String, Budget> budgets, @DefaultValue("0") long minExposures,
            @DefaultValue("0") int minCohorts, @DefaultValue("7d") Duration minSpan,
            @DefaultValue("true") boolean seededEnabled) {

        CriteriaSettings {
            budgets = Map.copyOf(budgets);
        }

        /// @throws IllegalArgumentException if one of them is not within its bounds
        Criteria criteria() {
            SortedMap<String, Criteria.Budget> byCurrency = new TreeMap<>();
            budgets.forEach(
                    (currency, budget) -> byCurrency.put(currency, new Criteria.Budget(budget.cap(), budget.share())));
            return new Criteria(rate, baselineRate, byCurrency, minExposures, minCohorts, minSpan, seededEnabled);
        }
    }

    /// What a change may cost on average.
    ///
    /// @param cap Greatest loss of a single exposure that is thought possible, in minor units.
    /// @param share Tolerated mean loss as a share of the cap, between 0 and 1.
    record Budget(long cap, double share) {}

    /// How stages move by evidence.
    ///
    /// @param forwardEnabled Whether a PROMOTE moves a stage forward; if not, it only advises.
    /// @param instance Name of this process, unique among those that run at the same time and the same after a restart; empty means host and port.
    /// @param version Version of code and configuration, with another one all evidence begins from zero; empty means that of the application.
    /// @param canaryShares Shares of the keys in percent that the candidate answers at CANARY, one step after the other, rising.
    /// @param minStay Time at a stage before it moves forward.
    record PromotionRules(@DefaultValue("false") boolean forwardEnabled, @Nullable String instance,
            @Nullable String version, @DefaultValue( {
                    "1", "10", "50"}) List<Integer> canaryShares,
            @DefaultValue("1d") Duration minStay){

        PromotionRules {
            canaryShares = List.copyOf(canaryShares);
        }
    }

    /// What an audit of all keys may cost.
    ///
    /// @param chunk Keys that are compared between two waits for the copy, from 1 to 100000.
    /// @param maxKeysPerSecond Keys of the truth read per second at most.
    /// @param maxCatchUp Time that the copy is waited for when it is behind; then it is compared as it is.
    /// @param maxDiscrepancies Discrepancies that are named; the rest is counted.
    /// @param maxTime Time after which it ends with what it has found so far.
    record AuditSettings(@DefaultValue("5000") int chunk, @DefaultValue("5000") int maxKeysPerSecond,
            @DefaultValue("5s") Duration maxCatchUp, @DefaultValue("100") int maxDiscrepancies,
            @DefaultValue("1h") Duration maxTime) {

        /// @throws IllegalArgumentException if one of them is not within its bounds
        AuditLimits limits() {
            return new AuditLimits(chunk, maxKeysPerSecond, maxCatchUp, maxDiscrepancies, maxTime);
        }
    }
}

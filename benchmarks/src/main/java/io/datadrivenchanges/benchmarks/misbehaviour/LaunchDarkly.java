package io.datadrivenchanges.benchmarks.misbehaviour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;

import com.launchdarkly.sdk.EvaluationReason;
import com.launchdarkly.sdk.LDContext;
import com.launchdarkly.sdk.LDValue;
import com.launchdarkly.sdk.server.LDClient;
import com.launchdarkly.sdk.server.LDConfig;
import com.launchdarkly.sdk.server.MigrationOpTracker;
import com.launchdarkly.sdk.server.MigrationStage;
import com.launchdarkly.sdk.server.integrations.TestData;
import com.launchdarkly.sdk.server.migrations.Migration;
import com.launchdarkly.sdk.server.migrations.MigrationBuilder;
import com.launchdarkly.sdk.server.migrations.MigrationMethodResult;
import com.launchdarkly.sdk.server.subsystems.EventProcessor;
import org.jspecify.annotations.Nullable;

/// A migration of LaunchDarkly's at its stage `shadow`, with its flag and its events within this process: what takes the events is its publisher.
final class LaunchDarkly implements Contender.Running {

    private static final String FLAG = "misbehaviour";
    private static final LDContext CALLER = LDContext.create("caller");

    private final LDClient client;
    private final Migration<Integer, Integer, Integer, Integer> migration;
    private final AtomicLong counted = new AtomicLong();

    LaunchDarkly(Parts parts) {
        TestData flags = TestData.dataSource();
        flags.update(flags.flag(FLAG).variations(LDValue.of(MigrationStage.SHADOW.toString())).variationForAll(0));
        client = new LDClient("no-key", new LDConfig.Builder().dataSource(flags).diagnosticOptOut(true)
                .events(_ -> new Events(parts)).build());
        migration = new MigrationBuilder<Integer, Integer, Integer, Integer>(client)
                .read(input -> MigrationMethodResult.Success(parts.control(input)),
                        input -> MigrationMethodResult.Success(parts.candidate(input)), parts::alike)
                .write(MigrationMethodResult::Success, MigrationMethodResult::Success)
                .build().orElseThrow();
    }

    @Override
    public Integer call(Integer input) throws Exception {
        Migration.MigrationResult<Integer> result = migration.read(FLAG, CALLER, MigrationStage.OFF, input);
        if (result.isSuccess()) {
            return result.getResult().orElseThrow();
        }
        throw result.getException().orElseThrow();
    }

    @Override
    public long counted() {
        return counted.get();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Takes the event of each read.
    private final class Events implements EventProcessor {

        private final Parts parts;

        Events(Parts parts) {
            this.parts = parts;
        }

        @Override
        public void recordMigrationEvent(MigrationOpTracker read) {
            counted.incrementAndGet();
            parts.publish();
        }

        @Override
        public void recordEvaluationEvent(LDContext context, String flagKey, int flagVersion, int variation,
                LDValue value,
                @Nullable EvaluationReason reason, LDValue defaultValue, @Nullable String prerequisiteOf,
                boolean requireFullEvent, @Nullable Long debugEventsUntilDate, boolean excludeFromSummaries,
                @Nullable Long samplingRatio) {}

        @Override
        public void recordIdentifyEvent(LDContext context) {}

        @Override
        public void recordCustomEvent(LDContext context, String eventKey, LDValue data, @Nullable Double metricValue) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}

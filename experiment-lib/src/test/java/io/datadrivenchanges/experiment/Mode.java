package io.datadrivenchanges.experiment;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/// The ways to run an experiment, for what must hold in all of them.
enum Mode {
    INLINE {
        @Override
        Fn<String, @Nullable Object, Exception> experiment(Laboratory lab,
                Fn<String, @Nullable Object, Exception> control,
                Fn<String, @Nullable Object, Exception> candidate) {
            return lab.experiment(NAME).control(control).candidate("c", candidate).shadow(new Shadow.Inline()).build();
        }
    },
    DETACHED {
        @Override
        Fn<String, @Nullable Object, Exception> experiment(Laboratory lab,
                Fn<String, @Nullable Object, Exception> control,
                Fn<String, @Nullable Object, Exception> candidate) {
            return lab.experiment(NAME).control(control).candidate("c", candidate).build();
        }
    },
    ASYNC {
        @Override
        @SuppressWarnings("NullAway") // does not infer that the result may be null
        Fn<String, @Nullable Object, Exception> experiment(Laboratory lab,
                Fn<String, @Nullable Object, Exception> control,
                Fn<String, @Nullable Object, Exception> candidate) {
            AsyncExperiment<String, @Nullable Object> experiment = lab.experiment(NAME)
                    .controlAsync((String input) -> staged(control, input))
                    .candidate("c", candidate)
                    .build();
            return input -> awaited(experiment.callAsync(input));
        }
    },
    TRIAL {
        @Override
        Fn<String, @Nullable Object, Exception> experiment(Laboratory lab,
                Fn<String, @Nullable Object, Exception> control,
                Fn<String, @Nullable Object, Exception> candidate) {
            Trial trial = lab.trial(NAME);
            return input -> trial.<@Nullable Object, Exception>call(() -> control.call(input),
                    () -> candidate.call(input));
        }
    };

    static final String NAME = "e";

    /// An experiment named `e` in this laboratory, as a function of the control's type.
    abstract Fn<String, @Nullable Object, Exception> experiment(Laboratory lab,
            Fn<String, @Nullable Object, Exception> control, Fn<String, @Nullable Object, Exception> candidate);

    private static CompletionStage<@Nullable Object> staged(Fn<String, @Nullable Object, Exception> control,
            String input) {
        try {
            return CompletableFuture.<@Nullable Object>completedFuture(control.call(input));
        } catch (Throwable thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    private static @Nullable Object awaited(CompletionStage<@Nullable Object> stage) throws Exception {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw failed;
            }
        }
    }
}

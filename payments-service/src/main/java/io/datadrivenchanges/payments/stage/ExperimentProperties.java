package io.datadrivenchanges.payments.stage;

import java.time.Duration;

import io.datadrivenchanges.experiment.Stage;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What the experiments of this service do.
///
/// @param stage How far the migration to the local copy is: OFF = it is not asked, SHADOW = it is compared.
/// @param period Time between two summary lines in the log.
@ConfigurationProperties(value = "experiment", ignoreUnknownFields = false)
record ExperimentProperties(@DefaultValue("SHADOW") Stage stage, @DefaultValue("1m") Duration period) {}

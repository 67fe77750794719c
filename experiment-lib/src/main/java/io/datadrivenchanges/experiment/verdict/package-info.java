/// Decides from counted evidence whether a candidate may take over, has to collect more, or has to go back. Pure statistics: no
/// threads, no clock, no input or output.
///
/// # Why it may be looked at as often as one likes
///
/// A test made for one look lies when it is repeated at every look until it says yes. What is used here does not: an
/// *e-process*, the wealth of a gambler who bets at fair or worse odds that the rate of wrong answers is *not* what
/// the hypothesis says. As long as the hypothesis is true, each bet multiplies the wealth by a factor of mean at most 1 given the past: the
/// wealth is a non-negative supermartingale that starts at 1. By Ville's inequality it then *ever* reaches 1/α with
/// probability at most α, whenever and for whatever reason one looks or stops. Nothing is assumed about independence; only that each exposure's
/// probability of being bad, given those before it, is at least (or at most) the tolerated rate. The mean of several such wealths is
/// one too: that is how the sizes of the bet are mixed, and how the instances of a service are.
///
/// # Sources
///
/// - J. Ville, *Étude critique de la notion de collectif*, Gauthier-Villars, 1939: the inequality.
/// - A. Wald, *Sequential tests of statistical hypotheses*, Annals of Mathematical Statistics 16(2), 1945: the likelihood ratio.
/// - H. Robbins, *Statistical methods related to the law of the iterated logarithm*, Annals of Mathematical Statistics 41(5),
///   1970: mixing them.
/// - A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, *Game-theoretic statistics and safe anytime-valid inference*, Statistical
///   Science 38(4), 2023: e-processes, a survey.
/// - V. Vovk, R. Wang, *E-values: calibration, combination and applications*, Annals of Statistics 49(3), 2021: why the mean is the way to
///   merge them.
/// - I. Waudby-Smith, A. Ramdas, *Estimating means of bounded random variables by betting*, Journal of the Royal Statistical
///   Society B 86(1), 2024: the bound on money.
/// - E. S. Page, *Continuous inspection schemes*, Biometrika 41, 1954, and J. Shin, A. Ramdas, A. Rinaldo, *E-detectors: a
///   nonparametric framework for sequential change detection*, New England Journal of Statistics in Data Science 2(2), 2024: the guard.
@NullMarked
package io.datadrivenchanges.experiment.verdict;

import org.jspecify.annotations.NullMarked;

package io.datadrivenchanges.experiment;

/// Nobody could answer: at [Stage#COMPLETE] the control is no longer called, and the candidate's value was not fit to be served.
public final class NoAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NoAnswerException(String experiment, String why) {
        super("experiment '" + experiment + "' is complete and its candidate has no answer: " + why);
    }
}

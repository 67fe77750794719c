/// Reports as lines of JSON in files of bounded size and number.
@NullMarked
package io.datadrivenchanges.experiment.jsonl;

import org.jspecify.annotations.NullMarked;

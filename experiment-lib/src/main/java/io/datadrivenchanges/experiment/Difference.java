package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// One place where control and candidate differ.
///
/// @param path the place, such as `level`; a fixed name, never a value: mismatches are grouped by it
/// @param control the control's part
/// @param candidate the candidate's part
public record Difference(String path, @Nullable Object control, @Nullable Object candidate) {}

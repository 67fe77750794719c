/// Scenarios through the whole running system, and the rules that its code keeps.
@NullMarked
package io.datadrivenchanges.e2e;

import org.jspecify.annotations.NullMarked;

/**
 * YAML read strictly: one bounded document of mappings, lists and scalars; no anchors, aliases or
 * tags; a key given twice or that the reader did not ask for is an error. Every complaint names its
 * line.
 */
@NullMarked
package org.whonix2.core.yaml;

import org.jspecify.annotations.NullMarked;

/** What is sent to a log's server. */
@NullMarked
package org.whonix2.io.log;

import org.jspecify.annotations.NullMarked;

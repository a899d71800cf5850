/**
 * Verdicts in the form that a gate can read in milliseconds: accepted files by SHA-256.
 *
 * <p>{@link org.whonix2.core.ticket.Tickets} is one text file in ASCII, each line ended by a line
 * feed: a header of lines {@code <word> <value>}, an empty line, then one ticket a line, in
 * strictly ascending order, so that a reader can search it by bisection:
 *
 * <pre>{@code
 * whonix2-tickets/v1
 * mode enforce
 * policy 5f2c…(64 digits) /etc/whonix2/policy.yaml
 * made 1795348800
 * protect openjdk-17-jre-headless
 * protect whonix2-update
 *
 * 0d1e…(64 digits) net-tools 2.10-0.1+deb12u2 amd64 1795694400
 * }</pre>
 *
 * <ul>
 *   <li>{@code mode}: {@code enforce} or {@code observe}.
 *   <li>{@code policy}: SHA-256 and absolute path of the document under which the tickets were
 *       made; absent if there was none that could be read. A gate refuses everything unless the
 *       document of that path still has that digest.
 *   <li>{@code made}: seconds since 1970; a clock before that is not believed.
 *   <li>{@code protect}: a package that no installation may remove or downgrade; sorted.
 *   <li>{@code refuse}: optional; why everything is refused. Then there are no tickets.
 *   <li>a ticket: SHA-256 of the whole file, name, version and architecture inside it, and the
 *       second from which it is void.
 * </ul>
 *
 * <p>The file is written by {@code whonix2-update sync} and read by the gates, which are no Java
 * programs.
 */
@NullMarked
package org.whonix2.core.ticket;

import org.jspecify.annotations.NullMarked;

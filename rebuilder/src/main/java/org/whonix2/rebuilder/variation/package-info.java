/**
 * Which of a build's surroundings change what comes out.
 *
 * <p>A source is built a second time with everything varied that must not matter. If that gives
 * other bits, more builds find out what does matter. They are chosen so that few are needed:
 *
 * <ol>
 *   <li>Once with nothing varied but the clock set back to when the first build began. From here on
 *       every build starts at that moment, so that time does not pass between them. If that already
 *       gives other bits, it is done again: the same bits twice mean that the time of day gets in;
 *       other bits that the build is different every time, and nothing more can be named.
 *   <li>Of those that may matter, which together do, one half is varied. If that gives other bits
 *       it is halved again, otherwise its members are cleared and the other half must hold a
 *       culprit. What is left as the last one is varied alone, unless it was.
 *   <li>The rest that was not cleared is varied together, and step two begins again if that gives
 *       other bits. After two culprits found by halving, the rest is tried one by one.
 * </ol>
 *
 * So a deterministic source costs two builds, and one culprit of ten at most nine, where varying
 * one at a time would cost twelve. Every culprit that is named has changed the bits when it was
 * varied alone; variations that only do so together are named together.
 */
@NullMarked
package org.whonix2.rebuilder.variation;

import org.jspecify.annotations.NullMarked;

package org.whonix2.rebuilder.bootstrap;

import java.nio.file.Path;
import java.time.Clock;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.toolchain.Definitions;

/**
 * Where stages are made, and by what.
 *
 * @param apt its lists are fetched already
 * @param state the state folder, absolute
 * @param limits but for the time, which the plan says
 * @param processors how many jobs a stage may run at a time
 * @param log of all but what stages print
 */
public record Workshop(
    Definitions definitions,
    JobFolder job,
    AptRoot apt,
    Path state,
    RootCache cache,
    BuildLimits limits,
    int processors,
    Programs programs,
    Progress progress,
    Clock clock,
    LogFile log) {}

package org.whonix2.rebuilder.git;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * What JGit is told of this machine: no configuration of its user, its system or JGit, and no
 * environment. So no URL is rewritten, no credentials are given, no proxy, cookie or header is
 * added, and no program is looked for.
 */
final class NoConfiguration extends SystemReader {
  private NoConfiguration() {}

  /** For all of this process: JGit has one place for it. */
  static void install() {
    SystemReader.setInstance(new NoConfiguration());
  }

  @Override
  public String getHostname() {
    return "localhost";
  }

  @Override
  public @Nullable String getenv(String name) {
    return null;
  }

  /** The Java machine's own, such as the temporary folder. */
  @Override
  public @Nullable String getProperty(String name) {
    return System.getProperty(name);
  }

  @Override
  public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
    return new Empty(parent, fs);
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester")
  public long getCurrentTime() {
    return System.currentTimeMillis();
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester")
  public int getTimezone(long when) {
    return 0;
  }

  @Override
  public ZoneId getTimeZoneId() {
    return ZoneOffset.UTC;
  }

  /** Has no file, so neither reads nor writes one. */
  private static final class Empty extends FileBasedConfig {
    Empty(@Nullable Config parent, FS fs) {
      super(parent, Optional.<java.io.File>empty().orElse(null), fs);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}

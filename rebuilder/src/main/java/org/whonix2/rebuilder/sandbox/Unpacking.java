package org.whonix2.rebuilder.sandbox;

import java.util.List;

/** How a source's files become a folder to build in: by a program in the sandbox. */
public sealed interface Unpacking {
  /** A Debian source package. */
  record SourcePackage(String dscName) implements Unpacking {
    @Override
    public List<String> command(String folderName) {
      return List.of(
          "dpkg-source",
          // apt has checked the .dsc down to the archive's key, and we its files' digests.
          "--no-check",
          "--no-copy",
          "--extract",
          Sandbox.SOURCE_PATH + "/" + dscName,
          folderName);
    }
  }

  /** A tar file that we made, without a folder around what is in it. */
  record Archive(String tarName) implements Unpacking {
    @Override
    public List<String> command(String folderName) {
      return List.of(
          "tar",
          "--extract",
          "--file=" + Sandbox.SOURCE_PATH + "/" + tarName,
          "--one-top-level=" + folderName);
    }
  }

  /** Makes this folder in the current one. */
  List<String> command(String folderName);
}

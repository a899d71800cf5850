package org.whonix2.toolchain;

/**
 * A file that a stage leaves.
 *
 * @param file its plain name in the script's folder
 * @param path where it stands in a root, absolute
 * @param mode such as {@code 755}
 * @param logged whether calls of it are noted: it is a program that other programs call
 */
public record PlanOutput(String file, String path, Role role, String mode, boolean logged) {
  /** What a file is to those who compile. */
  public enum Role {
    COMPILER,
    RUNTIME,
    HEADER
  }
}

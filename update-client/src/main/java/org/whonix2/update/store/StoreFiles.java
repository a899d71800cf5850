package org.whonix2.update.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.whonix2.io.files.AtomicFiles;

/** Whatever changes a store on disk; a test stops between any two of these. */
interface StoreFiles {
  /** The real ones: each happens whole or not at all, and the first two are durable. */
  StoreFiles DURABLE =
      new StoreFiles() {
        @Override
        public void replace(Path file, byte[] content) throws IOException {
          Path parent = file.getParent();
          if (parent != null) {
            AtomicFiles.createFolders(parent);
          }
          AtomicFiles.replace(file, content);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
          Path parent = to.getParent();
          if (parent != null) {
            AtomicFiles.syncFolder(parent);
          }
        }

        @Override
        public void delete(Path fileOrEmptyFolder) throws IOException {
          Files.deleteIfExists(fileOrEmptyFolder);
        }
      };

  /** Replaces or creates a file, with the folders above it. */
  void replace(Path file, byte[] content) throws IOException;

  /** Gives a file another name in the same folder. */
  void move(Path from, Path to) throws IOException;

  void delete(Path fileOrEmptyFolder) throws IOException;
}

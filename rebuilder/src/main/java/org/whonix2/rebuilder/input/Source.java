package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SignedText;
import org.whonix2.core.openpgp.Signer;
import org.whonix2.core.openpgp.SignerSearch;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.ArchivedSource;

/**
 * A source of the archive with its files, verified.
 *
 * @param signer the uploader's primary fingerprint, if known
 */
record Source(ArchivedSource archived, Optional<Fingerprint> signer) {

  /** Downloads a source, verifies it, and finds out who uploaded it. */
  static Source fetch(ArchivedSource archived, Fetching fetching)
      throws IOException, CommandException, MalformedInputException {
    fetching.apt().download(archived, fetching.sources());
    Dsc dsc = Dsc.read(fetching.sources().resolve(archived.dsc().name()));
    dsc.requireSame(archived);
    return new Source(archived, uploader(archived, dsc, fetching));
  }

  private static Optional<Fingerprint> uploader(ArchivedSource archived, Dsc dsc, Fetching fetching)
      throws IOException, CommandException, MalformedInputException {
    SignerSearch.Result result = search(dsc.signed(), fetching);
    if (result instanceof SignerSearch.Result.Nobody nobody) {
      String why = archived.dsc().name() + ": no known uploader signed it: " + nobody.reason();
      if (fetching.requireUploader()) {
        throw new CommandException(
            ExitCode.REFUSED, why, "without --require-uploader it is rebuilt all the same");
      }
      fetching.notices().accept(why + "; the attestation will name no signer");
    }
    return result.signedBy().map(Signer::certificate);
  }

  private static SignerSearch.Result search(Optional<SignedText> signed, Fetching fetching)
      throws IOException, CommandException, MalformedInputException {
    if (signed.isEmpty()) {
      return new SignerSearch.Result.Nobody("it is not signed");
    }
    SignerSearch search = new SignerSearch(signed.get().signatures());
    try {
      UploaderKeyrings.fetch(fetching.apt(), fetching.aside(), fetching.kept()).search(search);
    } catch (CommandException e) {
      if (fetching.requireUploader()) {
        throw e;
      }
      return new SignerSearch.Result.Nobody(Quoted.message(e));
    }
    return search.result(fetching.now());
  }
}

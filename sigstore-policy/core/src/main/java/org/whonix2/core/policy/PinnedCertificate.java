package org.whonix2.core.policy;

import java.io.IOException;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.yaml.YamlFields;

/** Whose key it is by the owner's word, before the file with the certificate is read. */
record PinnedCertificate(String name, Fingerprint fingerprint, String file) {
  static PinnedCertificate read(YamlFields fields) throws MalformedInputException {
    return new PinnedCertificate(
        fields.parsed("name", Words::name),
        fields.parsed("fingerprint", Fingerprint::parse),
        fields.parsed("certificate", Words::file));
  }

  /** Each name and each key once among these. */
  static void checkOnce(YamlFields policy, String key, List<PinnedCertificate> pinned)
      throws MalformedInputException {
    Once.check(policy, key, pinned, PinnedCertificate::name);
    Once.check(policy, key, pinned, PinnedCertificate::fingerprint);
  }

  Certificate load(UpdatePolicy.NamedFiles files) throws MalformedInputException, IOException {
    String place = "certificate " + file + " of " + name;
    Certificate certificate;
    try {
      certificate = Certificate.parse(files.read(file, Certificate.MAX_BYTES));
    } catch (MalformedInputException e) {
      throw e.at(place);
    }
    if (!certificate.fingerprint().equals(fingerprint)) {
      throw new MalformedInputException(
          place
              + ": expected the fingerprint "
              + fingerprint
              + ", found "
              + certificate.fingerprint());
    }
    return certificate;
  }
}

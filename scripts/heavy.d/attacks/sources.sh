# Who stole the archive's key brings a source of his own, and rebuilders honestly rebuild it. Sourced.

say "$suite: the archive's key is stolen, and the source is the thief's"
mkdir rebuilt
for name in by-uploader by-stranger by-nobody; do small_deb "$name" 1.0 rebuilt; done
uploader=$(key_of uploader)
stranger=$(key_of stranger)
attest "--source-signer=$uploader" rebuilt/by-uploader_1.0_all.deb
attest "--source-signer=$stranger" rebuilt/by-stranger_1.0_all.deb
attest rebuilt/by-nobody_1.0_all.deb
gpg --batch --export uploader@example.org >uploaders.pgp
# uploaders_only [MORE]: the policy asks for a source that an uploader signed.
uploaders_only() {
  cp uploaders.pgp "$box/etc/whonix2/keys/"
  policy enforce 7d >"$box/etc/whonix2/policy.yaml"
  printf 'source: {signers: keys/uploaders.pgp, sha256: %s%s}\n' "$(sha256sum <uploaders.pgp | cut -d' ' -f1)" "${1:-}" \
    >>"$box/etc/whonix2/policy.yaml"
}
from_archive() { serve '' rebuilt/*.deb && update && apt "$1"; }

reset
gate install >/dev/null
row "sync under a policy that does not ask for the source" 0 'packages accepted' in_box whonix2-update sync
row "own source (canary): a stranger's comes in" 0 'Setting up by-stranger' from_archive by-stranger
row "own source (canary): one that nobody signed comes in" 0 'Setting up by-nobody' from_archive by-nobody

reset
gate install >/dev/null
uploaders_only
row "sync under a policy that asks for the source" 0 'packages accepted' in_box whonix2-update sync
row "own source: a stranger's is refused by his name" 100 \
  "its source is signed by ($stranger|${stranger,,}), who is not in the policy's keyring" from_archive by-stranger
row "own source: one that nobody signed is refused" 100 'it does not say who signed the source' from_archive by-nobody
row "what an uploader signed comes in" 0 'Setting up by-uploader' from_archive by-uploader

reset
gate install >/dev/null
uploaders_only
gpg --batch --export stranger@example.org >"$box/etc/whonix2/keys/uploaders.pgp"
row "own source, and a keyring with the stranger in it: sync refuses the keyring" 2 \
  'keyring keys/uploaders.pgp: expected SHA-256' in_box whonix2-update sync
row "nothing is installed under it" 100 'why: .*keyring keys/uploaders.pgp: expected SHA-256' from_archive by-stranger

reset
gate install >/dev/null
uploaders_only ', minAge: 24h'
row "sync under a policy that waits a day" 0 'none|packages accepted' in_box whonix2-update sync
row "a source of a real uploader that nobody could look at yet is refused" 100 'no ticket for its SHA-256' \
  from_archive by-uploader

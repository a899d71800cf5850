# Who stole the archive's key, or runs its mirror: TUF's list as far as it is about the archive. Sourced.

say "$suite: the archive's key is stolen"
own_package() { serve '' own/evil_1.0_all.deb && update && apt evil; }
attack "arbitrary installation: a package of the thief's" 'no ticket for its SHA-256' own_package 'installed evil 1.0'

own_version() { serve '' own/good_3.0_all.deb && update && upgrade; }
attack "arbitrary installation: a newer version of an installed package" 'no ticket for its SHA-256' own_version \
  'says_evil good'

own_bits() { serve '' own/good_2.0_all.deb && update && upgrade; }
attack "arbitrary installation: other bits under an attested version" 'no ticket for its SHA-256' own_bits \
  'says_evil good'

essential() { serve '/^Package: evil$/s/$/\nEssential: yes/' own/evil_1.0_all.deb && update && upgrade; }
attack "arbitrary installation: an index entry that says Essential" 'no ticket for its SHA-256' essential \
  'installed evil 1.0'

wrong_software() { serve '/^Package: other$/s/other/harmless/' && update && apt harmless; }
attack "wrong software: an attested package under another name" "the archive's index says name harmless" \
  wrong_software 'installed other 1.0'
wrong_version() { serve '/^Package: other$/,/^$/s/^Version: 1.0$/Version: 7.0/' && update && apt other; }
attack "wrong software: an attested package under another version" "the archive's index says version 7.0" \
  wrong_version 'installed other 1.0'
wrong_architecture() { serve '/^Package: other$/,/^$/s/^Architecture: all$/Architecture: amd64/' && update && apt other; }
attack "wrong software: an attested package under another architecture" "the archive's index says architecture amd64" \
  wrong_architecture 'installed other 1.0'

extra() { serve "/^Package: other\$/s/\$/\nDepends: $1/" own/evil_1.0_all.deb && update && apt other; }
extra_or_other() { installed evil 1.0 || installed other 1.0; }
attack "extraneous dependency on what nobody attested: neither is unpacked" 'no ticket for its SHA-256' 'extra evil' \
  extra_or_other
reset
gate install >/dev/null
row "LIMIT: an extraneous dependency on another attested package comes in" 0 'Setting up helper' extra helper

fast_forward() { serve '' own/good_999.0_all.deb && update && upgrade; }
attack "fast-forward: version 999" 'no ticket for its SHA-256' fast_forward 'says_evil good'
back_to_normal() { serve '' && update && upgrade; }
row "fast-forward: the archive is mended, and the box goes on" 0 'Setting up good \(2.0\)' back_to_normal
reset
fast_forward >case.out 2>&1
row "fast-forward, canary: without the gate it does not" 0 '0 upgraded, 0 newly installed' back_to_normal

say "$suite: old and mixed archives"
# An index of the past, signed anew, and a pin that makes apt go back.
old_index() {
  serve '/^Package: good$/,/^$/{/^Version: 2.0$/,/^$/d}'
  printf 'Package: *\nPin: origin "127.0.0.1"\nPin-Priority: 1001\n' >"$box/etc/apt/preferences.d/test"
}
upgrade_then_back() { serve '' && update && upgrade && old_index && update && in_box apt-get dist-upgrade -y --allow-downgrades; }
attack "rollback: an older version that is attested" 'older than what is installed (2.0)' upgrade_then_back \
  'installed good 1.0'
mixed() { serve '' && update && apt application=2.0 library=2.0 && apt --allow-downgrades application=1.0 library=1.0; }
attack "mix-and-match: attested packages of two times, where that means to go back" \
  'older than what is installed (2.0)' mixed 'installed library 1.0'
reset
gate install >/dev/null
only_old() { serve '/^Package: library$/,/^$/{/^Version: 2.0$/,/^$/d}' && update && apt library; }
row "LIMIT: of what is not installed, an older attested version comes in" 0 'Setting up library \(1.0\)' only_old

two_times() {
  serve '/^Package: library$/,/^$/{/^Version: 2.0$/,/^$/d}; s/^Depends: library (= 2.0)/Depends: library/' && update
  apt application=2.0
}
row "mix-and-match: of two times, nothing installed before: dpkg itself goes by the dependencies inside" 100 \
  'application depends on library \(= 2.0\)' two_times

# Without the key: apt's own signatures and digests, with them and without.
old_packages() {
  serve '/^Package: good$/,/^$/{/^Version: 2.0$/,/^$/d}' && cp mirror/Packages old-packages
  serve '' && cp old-packages mirror/Packages
  rm -rf "$box"/var/lib/apt/lists/*
}
mix_without_key() { old_packages && "$@" && update && in_box apt-cache policy good; }
unsigned() { rm mirror/InRelease && source_line trusted=yes; }
reset
row "mix-and-match without the key (canary: taken from an archive that nobody signs)" 0 'Candidate: 1.0' \
  mix_without_key unsigned
reset
row "mix-and-match without the key: apt refuses" 100 'unexpected size|Hash Sum mismatch' mix_without_key true
by_mirrors_key() { serve '' own/evil_1.0_all.deb && sign mirror && source_line "$1" && update && apt evil; }
reset
gpg --batch --export mirror@example.org >"$box/etc/apt/mirror.gpg" && chmod 644 "$box/etc/apt/mirror.gpg"
row "malicious mirror without the key (canary: its own key is one that apt trusts)" 0 'Setting up evil' \
  by_mirrors_key signed-by=/etc/apt/mirror.gpg
reset
row "malicious mirror without the key: apt refuses" 100 'NO_PUBKEY|not signed|Missing key' \
  by_mirrors_key signed-by=/etc/apt/archive.gpg
older_release() {
  serve '' && update
  serve '/^Package: good$/,/^$/{/^Version: 2.0$/,/^$/d}' && sign archive "Date: Thu, 01 Jan 2026 00:00:00 UTC"
  update && apt good && installed good 2.0
}
reset
row "rollback of the archive's signed index: apt keeps the newer one" 0 '' older_release

frozen() { serve '' && sign archive "Date: Thu, 01 Jan 2026 00:00:00 UTC" "${@:2}" && in_box apt-get update ${1:+"$1"}; }
expired="Valid-Until: Fri, 02 Jan 2026 00:00:00 UTC"
reset
row "indefinite freeze (canary: apt is told not to look at Valid-Until)" 0 '' frozen -oAcquire::Check-Valid-Until=false "$expired"
reset
row "indefinite freeze: apt refuses what expired" 100 'is expired' frozen '' "$expired"
reset
gate install >/dev/null
row "LIMIT: a frozen archive without Valid-Until is taken, while the log is fresh" 0 '' frozen ''

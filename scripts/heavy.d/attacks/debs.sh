# Packages made by hand: what dpkg takes for a package, our reader must refuse or read as dpkg does. Sourced.

say "$suite: packages made by hand"
mkdir parts odd
# tree NAME WORD: the control and data archives of a package, in parts.
tree() {
  small_deb "$1" 1.0 parts
  sed -i "s/GOOD/$2/" "parts/$1_1.0_all.deb"
  dpkg-deb --ctrl-tarfile "parts/$1_1.0_all.deb" >"parts/$1.control"
  dpkg-deb --fsys-tarfile "parts/$1_1.0_all.deb" >"parts/$1.data"
}
tree twin GOOD
tree evil EVIL
xz -k parts/twin.control && gzip -kn parts/evil.control
printf '2.0\n' >parts/2.0 && printf '2.1\n' >parts/2.1 && printf '3.0\n' >parts/3.0 && echo x >parts/x
# ar_of NAME MEMBER[@SIZE]=PART...: odd/NAME.deb; SIZE is what its header claims.
ar_of() {
  perl -e 'binmode STDOUT; print "!<arch>\n";
    for (@ARGV) {
      my ($name, $size, $part) = /\A(.*?)(?:\@([0-9]+))?=(.*)\z/ or die;
      open my $in, "<:raw", "parts/$part" or die "$part: $!\n";
      my $body = do { local $/; <$in> };
      printf "%-16s%-12d%-6d%-6d%-8s%-10s`\n", $name, 0, 0, 0, "100644", $size // length $body;
      print $body, length($body) % 2 ? "\n" : "";
    }' "${@:2}" >"odd/$1.deb"
}
format=debian-binary=2.0
control=control.tar=twin.control
data=data.tar=twin.data
# Which are tried: name, what dpkg does with it ('installs NAME', or why it does not), why we refuse it.
cases=()
try() {
  ar_of "$1" "${@:4}"
  cases+=("$1|$2|$3")
}
try two-control-members 'contains two control members' 'expected the member data.tar' \
  $format $control control.tar=evil.control $data
try two-kinds-of-control 'contains two control members' 'expected the member data.tar' \
  $format control.tar.xz=twin.control.xz control.tar.gz=evil.control.gz $data
try a-second-control-last 'installs twin' 'expected the end of the package' $format $control $data control.tar=evil.control
try two-data-members 'installs twin' 'expected the end of the package' $format $control $data data.tar=evil.data
try a-member-behind 'installs twin' 'expected the end of the package' $format $control $data postinst=x
try a-member-between 'installs twin' 'expected the member data.tar' $format $control _between=x $data
try a-member-before 'installs twin' 'expected the member control.tar' $format _before=x $control $data
try format-2.1 'installs twin' 'expected package format 2.0' debian-binary=2.1 $control $data
try format-3.0 'get a newer dpkg-deb' 'expected package format 2.0' debian-binary=3.0 $control $data
try another-order 'premature member' 'expected the member control.tar' $format $data $control
try a-path-as-name 'premature member' 'expected the member control.tar' $format ../control.tar=twin.control $data
try a-path-to-etc 'premature member' 'expected the member data.tar' $format $control ../../etc/evil=x $data
try a-long-name-of-bsd 'premature member' 'expected the member control.tar' $format '#1/11=x' $control $data
try long-names-of-gnu 'premature member' 'expected the member control.tar' $format //=x $control $data
try data-of-4-GiB-claimed 'unexpected end of file' 'found the end of the file' $format $control data.tar@4294967296=twin.data
try data-of-9-GB-claimed 'unexpected end of file' 'found the end of the file' $format $control data.tar@9999999999=twin.data
try control-of-9-GB-claimed 'unexpected end of file' 'expected at most 16777216 bytes' $format control.tar@9999999999=twin.control $data

# Archives inside that say it twice.
mkdir -p parts/a parts/b
dpkg-deb -e parts/twin_1.0_all.deb parts/a && dpkg-deb -e parts/evil_1.0_all.deb parts/b
tar -C parts/a --owner=0 --group=0 -cf parts/twice ./control && tar -C parts/b --owner=0 --group=0 -rf parts/twice ./control
try control-file-twice 'installs evil' 'expected one file control' $format control.tar=twice $data
cat parts/twin.control parts/evil.control >parts/behind
try another-archive-behind-control 'installs twin' 'only zeros' $format control.tar=behind $data
printf 'Revision: 9\n' >>parts/a/control
tar -C parts/a --owner=0 --group=0 -cf parts/revised ./control
try a-version-in-two-fields 'installs twin' 'a field Revision' $format control.tar=revised $data


# box_with FILE...: the box as it was, and these in /root/odd.
box_with() { reset && mkdir "$box/root/odd" && cp --sparse=always "$@" "$box/root/odd/"; }
for tried in "${cases[@]}"; do
  IFS='|' read -r name deed why <<<"$tried"
  box_with "odd/$name.deb"
  case $deed in
    installs*) row "$name (canary: dpkg $deed)" 0 "Setting up ${deed#installs } " in_box dpkg -i "/root/odd/$name.deb" ;;
    *) row "$name: dpkg itself refuses" not-0 "$deed" in_box dpkg -i "/root/odd/$name.deb" ;;
  esac
done
box_with odd/*.deb
row "verify, in 64 MiB of heap: all ${#cases[@]} are malformed" 2 'not a Debian package' \
  in_box env JAVA_TOOL_OPTIONS=-Xmx64m sh -c 'whonix2-update verify /root/odd/*.deb'
cp case.out verified
for tried in "${cases[@]}"; do
  IFS='|' read -r name deed why <<<"$tried"
  row "$name: verify refuses" 0 "/$name\.deb: not a Debian package: .*$why" grep -F "/$name.deb:" verified
done
gate install >/dev/null
row "the gate: not one is unpacked" 1 'no ticket for its SHA-256' in_box sh -c 'dpkg -i /root/odd/*.deb'
mv case.out refused
row "each was refused" 0 "^${#cases[@]}\$" grep -c 'why: no ticket for its SHA-256' refused
row "nothing of them is there" 1 '' in_box dpkg-query -W twin evil

say "$suite: paths in a package's data"
# data NAME TAR-OPTION...: odd/NAME.deb, whose data is this and parts/file, EVIL.
echo EVIL >parts/file
write() {
  tar -P --owner=0 --group=0 -cf "parts/$1.data" "${@:2}"
  ar_of "$1" $format $control "data.tar=$1.data"
}
write path-up -C parts --transform 's:^:../../../etc/:' file
write path-absolute -C parts --transform 's:^:/etc/:' file
ln -s /etc parts/link
write path-through-a-link -C parts --transform 's:^file:link/file:' link file
for name in path-up path-absolute; do
  way() { cp "odd/$name.deb" "$box/root/" && in_box dpkg -i "/root/$name.deb"; }
  attack "$name" 'no ticket for its SHA-256' way 'grep -qs EVIL /mnt/box/etc/file'
done
box_with odd/path-through-a-link.deb
row "path-through-a-link: dpkg itself refuses" 1 "unable to create '/link/file.dpkg-new'" \
  in_box dpkg -i /root/odd/path-through-a-link.deb
box_with odd/path-*.deb
row "verify reads them as dpkg does" 1 'package  twin 1.0 all' in_box sh -c 'whonix2-update verify /root/odd/*.deb'

say "$suite: packages of more than 4 GiB"
: >parts/nothing
ar_of five-gib $format $control data.tar@5368709120=nothing
truncate -s $(($(stat -c %s odd/five-gib.deb) + 5368709120)) odd/five-gib.deb
box_with odd/five-gib.deb
row "5 GiB (canary: dpkg installs it)" 0 'Setting up twin' in_box dpkg -i /root/odd/five-gib.deb
box_with odd/five-gib.deb
begun=$SECONDS
row "5 GiB: verify refuses, in 64 MiB of heap" 2 'expected at most 4294967295 bytes' \
  in_box env JAVA_TOOL_OPTIONS=-Xmx64m whonix2-update verify /root/odd/five-gib.deb
row "within two minutes" 0 '' [ $((SECONDS - begun)) -le 120 ]
gate install >/dev/null
begun=$SECONDS
row "5 GiB: the gate refuses, in 256 MiB of memory" 1 'it has more than 4 GiB' \
  in_box sh -c 'ulimit -v 262144; dpkg -i /root/odd/five-gib.deb'
row "at once" 0 '' [ $((SECONDS - begun)) -le 10 ]
rm odd/five-gib.deb

# a warm rebuild of net-tools beside dpkg-buildpackage in a ready chroot and sbuild; as root, with a mirror
#
# Three whole commands in turn, round by round, each timed from outside:
#   chroot   dpkg-buildpackage alone, in a chroot that has everything, on a source that is unpacked
#   sbuild   sbuild with its unshare back end and a tarball of Debian's buildd variant
#   rebuild  whonix2-rebuilder rebuild: asks the mirror whether its lists changed, fetches and
#            verifies the source, lays a root from its cache, builds, compares, attests
# Warm means that the lists and the build root are there from a round before; a source is not kept.
rounds=${WHONIX2_BENCH_ROUNDS:-5}
package=net-tools

[ "$(id -u)" = 0 ] || fail "this benchmark makes a chroot" "run it as root"
install_packages sbuild
mirror=$(debian_mirror)
options="nocheck parallel=$(nproc)"

# timed FILE COMMAND...: seconds that the command took, appended to the file.
timed() {
  local file=$1 begin end
  shift
  begin=$EPOCHREALTIME
  "$@" >"$work/log" 2>&1 </dev/null || { tail -n 30 "$work/log" >&2; fail "failed: $*"; }
  end=$EPOCHREALTIME
  awk "BEGIN { printf \"%.3f\\n\", $end - $begin }" >>"$file"
}

# ratio FILE FILE: the median of the first's figures to the second's, round by round.
ratio() { paste "$1" "$2" | awk '{ print $1 / $2 }' | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%.1f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

rebuilder=$repository/scripts/whonix2-rebuilder
key=$work/key
"$rebuilder" keygen --operator bench --out "$key" >/dev/null
rebuild() {
  rm -rf "$work/out"
  "$rebuilder" rebuild "$package" --key "$key" --state "$work/state" --out "$work/out"
}

note "the first rebuild makes the build root"
timed "$work/cold" rebuild
dsc=$(cd "$work" && sed -n 's/^Source: //p' out/*.buildinfo)

# What sbuild and the chroot build: the very source, fetched by the machine's own apt.
mkdir -m 755 "$work/source"
chmod 755 "$work"
cat >"$work/apt.sources" <<LIST
Types: deb deb-src
URIs: $mirror
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
LIST
note "a ready chroot and sbuild's tarball"
dependencies=$(sed -n '/^Installed-Build-Depends:/,/^Environment:/s/^ \([^ ]*\) (= .*/\1/p' "$work"/out/*.buildinfo | paste -sd,)
mmdebstrap --quiet --variant=buildd --include="$dependencies,fakeroot" \
  --customize-hook="chroot \"\$1\" sh -c 'mkdir /build && cd /build && apt-get source -q --download-only $dsc'" \
  --customize-hook="cp \"\$1\"/build/* \"$work/source\"" \
  bookworm "$work/chroot" "$work/apt.sources" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "mmdebstrap failed"; }
mmdebstrap --quiet --variant=buildd bookworm "$work/bookworm.tar" "$work/apt.sources"
chroot "$work/chroot" useradd --create-home builder
cp /etc/resolv.conf "$work/chroot/etc/resolv.conf"

unpacked() {
  rm -rf "$work/chroot/build"
  mkdir "$work/chroot/build"
  cp "$work"/source/* "$work/chroot/build/"
  chroot "$work/chroot" sh -c 'cd /build && dpkg-source --no-check -x ./*.dsc src && chown -R builder: /build' >/dev/null
}
in_chroot() {
  unshare --mount --pid --fork --kill-child sh -c \
    'mount --bind /proc "$1/proc" && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" setpriv --reuid=builder --regid=builder --clear-groups env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/home/builder LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS="$2" sh -c "cd /build/src && dpkg-buildpackage --build=binary -us -uc"' \
    sh "$work/chroot" "$options"
}

# sbuild's back end wants an ordinary user with sub-ids. This one exists in these namespaces only.
mkdir -p "$work/etc" "$work/home"
for file in passwd group subuid subgid; do cp "/etc/$file" "$work/etc/$file"; done
echo "whonix2bench:x:64321:64321::$work/home:/bin/sh" >>"$work/etc/passwd"
echo "whonix2bench:x:64321:" >>"$work/etc/group"
echo "whonix2bench:700000000:65536" | tee -a "$work/etc/subuid" >>"$work/etc/subgid"
chown -R 64321:64321 "$work/home"
by_sbuild() {
  rm -rf "$work/home/out"
  install -d -o 64321 -g 64321 "$work/home/out"
  unshare --mount sh -ec '
    for file in passwd group subuid subgid; do mount --bind "$1/etc/$file" "/etc/$file"; done
    cd "$1/home/out"
    exec setpriv --reuid=64321 --regid=64321 --clear-groups env HOME="$1/home" USER=whonix2bench LOGNAME=whonix2bench DEB_BUILD_OPTIONS="$2" \
      sbuild --chroot-mode=unshare --chroot="$1/bookworm.tar" --dist=bookworm --no-run-lintian --no-run-piuparts --no-run-autopkgtest --no-arch-all "$3"' \
    sh "$work" "$options" "$(ls "$work"/source/*.dsc)"
}

for round in $(seq "$rounds"); do
  note "round $round of $rounds"
  unpacked
  timed "$work/chroot.times" in_chroot
  timed "$work/rebuild.times" rebuild
  timed "$work/sbuild.times" by_sbuild
done

to_chroot=$(ratio "$work/rebuild.times" "$work/chroot.times")
to_sbuild=$(ratio "$work/rebuild.times" "$work/sbuild.times")
note "medians of $rounds rounds: chroot $(median "$work/chroot.times") s, rebuild $(median "$work/rebuild.times") s, sbuild $(median "$work/sbuild.times") s"
note "the first rebuild, which made the build root: $(cat "$work/cold") s"
note "rebuild to dpkg-buildpackage in a ready chroot: $to_chroot (goal: at most 1.25)"
note "rebuild to sbuild: $to_sbuild (goal: below 1)"
awk "BEGIN { exit !($to_chroot <= 1.25 && $to_sbuild < 1) }"

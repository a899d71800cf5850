# the gates beside sha256sum and apt-transport-in-toto: time and memory for 1 to 2,000 packages; as root
#
# On a box where every package is to be upgraded, in namespaces of its own on this machine's files:
#   sha256sum   one process for all files
#   hook        the gate as apt calls it, once for all of them
#   point       the gate as dpkg calls it, once for each
#   in-toto     what apt-transport-in-toto adds to apt-get install --download-only of them, with three
#               rebuilders on this machine: all that it does, links fetched and verified
# In turns, so often that a median says something, from files that are in memory; the first three
# before all else that this machine may be doing.
#   WHONIX2_BENCH_GATE_ROUNDS   5 at 2,000 packages, more where there are fewer
#   WHONIX2_BENCH_INTOTO        2000 packages for in-toto (1 comes first)
rounds=${WHONIX2_BENCH_GATE_ROUNDS:-5}
intoto=${WHONIX2_BENCH_INTOTO:-2000}

[ "$(id -u)" = 0 ] || fail "this benchmark makes namespaces" "run it as root"
install_packages util-linux mount time python3
apt-cache show apt-transport-in-toto >/dev/null 2>&1 ||
  fail "this machine's apt knows no apt-transport-in-toto" "its suite must have that package; then run apt-get update"

room=$(($(df --output=avail -B1 "$work" | tail -n 1) / 1000000000))
[ "$room" -ge 8 ] || fail "expected 8 GB of free space below ${TMPDIR:-/var/tmp}, found $room"
note "2,000 files of 0.5 MB and 100 of 10 MB"
benchmark GateFiles "$work/many" /mnt/work/many 2000 500000
benchmark GateFiles "$work/large" /mnt/work/large 100 10000000
work=$work rounds=$rounds intoto=$intoto \
  unshare --mount --pid --fork --kill-child --propagation private --mount-proc -- \
  "$parts/gate.d/measure"

# what a box's sync costs at 10^3 to 10^5 attestations: processor time and memory
#
# At each size a fresh box follows the log, judges everything and writes tickets; then it syncs again
# and finds nothing new. Beside it, as a yardstick, what sha256sum takes for the log's own bytes.
#   WHONIX2_BENCH_SYNC_SIZES   "1000 10000 100000"
sizes=${WHONIX2_BENCH_SYNC_SIZES:-1000 10000 100000}
box=$work/box
served=

stop_log() {
  [ -z "$served" ] || { kill "$served" && wait "$served"; } 2>/dev/null || true
  served=
}
trap stop_log EXIT

# cost NAME COMMAND...: its seconds of processor time and its largest resident memory in MB.
cost() {
  local out=$work/$1.out
  shift
  /usr/bin/time -o "$work/time" -f '%U %S %M' "$@" >"$out" 2>&1 || { cat "$out" >&2; fail "$* failed"; }
  awk '{ printf "%.2f %d\n", $1 + $2, $3 / 1024 }' "$work/time"
}

install_packages time
printf '%10s  %9s %9s %9s  %9s %9s  %9s  %10s\n' entries first memory 'an entry' again memory sha256sum tickets
for size in $sizes; do
  rm -rf "$work/synced" "$box"
  mkdir "$work/synced"
  : >"$work/synced.out"
  "${WHONIX2_JAVA:-java}" -Xmx2g -XX:-UsePerfData -cp "$work/classes:$libraries" \
    org.whonix2.e2e.bench.SyncedLog "$work/synced" "$size" >"$work/synced.out" &
  served=$!
  until [ -s "$work/synced.out" ]; do
    kill -0 "$served" 2>/dev/null || fail "the log could not be made"
    sleep 0.2
  done
  sync=("$repository/scripts/whonix2-update" sync --policy "$work/synced/policy.yaml" --state "$box")
  read -r first first_memory < <(cost first "${sync[@]}")
  read -r again again_memory < <(cost again "${sync[@]}")
  read -r plain _ < <(cost plain find "$work/synced/log/tile" -type f -exec sha256sum {} +)
  stop_log
  tickets=$(sed -n 's/^tickets: \([0-9]*\) .*/\1/p' "$work/first.out")
  printf '%10d  %7s s %6s MB %6s ms  %7s s %6s MB  %7s s  %10s\n' "$size" "$first" "$first_memory" \
    "$(awk "BEGIN { printf \"%.2f\", 1000 * $first / $size }")" "$again" "$again_memory" "$plain" "$tickets"
done
note "first: a box that knew nothing; again: nothing is new, and everything is verified all the same"

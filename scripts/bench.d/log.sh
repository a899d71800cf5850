# submissions a second with 64 clients at 10^3 to 10^6 entries, beside a handler that only verifies
#
# At each size, each a process of its own on this machine:
#   verify      the same listener with a handler that verifies the signature and stores nothing
#   log         whonix2-attestation-server serve, which answers when the entry is on disk
#   cosigned    the same with two witnesses, which are processes of their own
# Verify and log get the same envelopes in turns, a burst each, and are compared burst by burst: the
# machine is seldom as fast a minute later. The log grows to each size without HTTP, by entries as
# large as those that are submitted.
#   WHONIX2_BENCH_SIZES     "1000 10000 100000 1000000"
#   WHONIX2_BENCH_WARM_UP   30000 submissions that are not counted come first
#   WHONIX2_BENCH_BURST     3000 submissions make a burst
#   WHONIX2_BENCH_BURSTS    5 bursts are counted
sizes=${WHONIX2_BENCH_SIZES:-1000 10000 100000 1000000}
warm_up=${WHONIX2_BENCH_WARM_UP:-30000}
burst=${WHONIX2_BENCH_BURST:-3000}
bursts=${WHONIX2_BENCH_BURSTS:-5}
signers=8
server=$repository/scripts/whonix2-attestation-server
origin=log.example.org/bench
filled=$work/filled
state=$work/log
sequence=1000000000 # beyond those of the entries that stand there before

started=()
trap stop EXIT

# start NAME COMMAND...: in the background; its address, which it prints first, is then in $address.
start() {
  local name=$1
  shift
  : >"$work/$name.out"
  "$@" >"$work/$name.out" 2>"$work/$name.err" &
  started+=($!)
  # Opening a large log takes its time, where an index has to be made anew above all.
  for _ in $(seq 36000); do
    address=$(head -n 1 "$work/$name.out")
    [ -z "$address" ] || return 0
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/$name.err" >&2
  fail "$name did not start"
}
stop() {
  [ ${#started[@]} -eq 0 ] || { kill "${started[@]}" && wait "${started[@]}"; } 2>/dev/null || true
  started=()
}

# serve OPTION...: the log as it was filled; what its heap does goes to $work/gc.log.
serve() {
  rm -rf "$state"
  cp -a --reflink=auto "$filled" "$state"
  start log env "JDK_JAVA_OPTIONS=-Xlog:gc:file=$work/gc.log" \
    "$server" serve --listen 127.0.0.1:0 --state "$state" --key "$work/log.key" \
    --signer-rate 1000000:1000000 "$@"
}
heap() { sed -n 's/.* \([0-9]*\)M->[0-9]*M([0-9]*M).*/\1/p' "$work/gc.log"; }

# submit ADDRESS...: prints for each submissions a second, p50 and p99 in milliseconds, the seconds
# until questions were answered for all of a burst, and the rate in parts of the first's.
submit() { benchmark SubmitLoad "$work/keys" "$sequence" "$warm_up" "$burst" "$bursts" "$@"; }

disk() { du -sB1 "$filled" | cut -f1; }

log_vkey=$("$server" keygen --name "$origin" --out "$work/log.key")
mkdir "$work/keys"
"$server" keygen --operator bench --out "$work/operator" >/dev/null
start log "$server" serve --listen 127.0.0.1:0 --state "$filled" --key "$work/log.key" \
  --operator "$work/operator/certificate.asc"
for i in $(seq "$signers"); do
  "$repository/scripts/whonix2-rebuilder" keygen --operator "bench-$i" --out "$work/keys/$i" >/dev/null
  "$server" roster add --server "$address" --key "$work/operator" --name "bench-$i" \
    "$work/keys/$i/certificate.asc" >/dev/null
done
stop
witnesses=()
for i in 1 2; do
  witness_vkey=$("$server" keygen --witness --name "w$i.example.org" --out "$work/w$i.key")
  witnesses+=("$witness_vkey")
done

good=yes
entries=0
printf '%10s  %8s  %8s %7s %8s %8s %8s %9s  %8s %8s %8s  %7s %9s\n' entries verify log ratio p50 p99 \
  indexed sustained cosigned p50 p99 heap 'B/entry'
for size in $sizes; do
  # Two copies of a file whose bytes an entry grow with it (ADR 28).
  needed=$((size * 120 / 1000000))
  room=$(($(df --output=avail -B1 "$work" | tail -n 1) / 1000000000))
  if [ "$needed" -gt "$room" ]; then
    printf '%10d  not run: expected %d GB of free space below %s, found %d\n' "$size" "$needed" "${TMPDIR:-/var/tmp}" "$room"
    good=no
    continue
  fi
  before=$(disk)
  content=$(benchmark LogFill "$filled" "$size")
  bytes=$((($(disk) - before) / (size - entries)))

  start verify "${WHONIX2_JAVA:-java}" -XX:+UseSerialGC -XX:-UsePerfData \
    -Xmx1g -Xms600m -Xmn320m \
    -cp "$work/classes:$libraries" org.whonix2.e2e.bench.VerifyOnly "$work/keys"
  verify=$address
  serve
  submit "$verify" "$address" >"$work/rates"
  stop
  { read -r verify_rate _ && read -r log_rate log_p50 log_p99 followed to_verify; } <"$work/rates"
  sustained=$(awk "BEGIN { printf \"%.0f\", $burst / ($burst / $log_rate + $followed) }")
  heap >"$work/heap"

  asked=()
  for i in 1 2; do
    rm -rf "$work/w$i" # it knows the log at another size
    start "w$i" "$server" witness --listen 127.0.0.1:0 --state "$work/w$i" --key "$work/w$i.key" \
      --log "$log_vkey"
    asked+=(--witness "$address,${witnesses[i - 1]}")
  done
  serve "${asked[@]}"
  read -r cosigned_rate cosigned_p50 cosigned_p99 _ < <(submit "$address")
  stop
  heap >>"$work/heap"
  most=$(sort -n "$work/heap" | tail -n 1)

  printf '%10d  %6s/s  %6s/s %7s %5s ms %5s ms %6s s %7s/s  %6s/s %5s ms %5s ms  %4s MB %9d\n' "$size" \
    "$verify_rate" "$log_rate" "$to_verify" "$log_p50" "$log_p99" "$followed" "$sustained" \
    "$cosigned_rate" "$cosigned_p50" "$cosigned_p99" "${most:-0}" "$bytes"
  awk "BEGIN { exit !($to_verify >= 0.5) }" || good=no
  note "an entry itself has $((content / (size - entries))) bytes"
  entries=$size
done
note "ratio: submissions a second to those that are only verified (goal: at least 0.5)"
note "indexed: so long after a burst of $burst questions were answered for all of it (ADR 27)"
note "sustained: submissions a second with that time counted in"
note "heap: the most that was in use before a collection (the server has 1 GB and would end beyond it)"
[ "$good" = yes ]

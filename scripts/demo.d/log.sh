# Daemons, the log with its witnesses, and the policies that trust them.
daemons=()

# start NAME COMMAND...: sets $address to what the program printed once it listened.
start() {
  local name=$1 waited=0
  shift
  : >"$name.out"
  "$@" >"$name.out" 2>"$name.err" </dev/null &
  daemons+=($!)
  last_daemon=$!
  until address=$(grep -oE -m1 'http://[0-9.]+:[0-9]+' "$name.out"); do
    kill -0 "$last_daemon" 2>/dev/null || { cat "$name.err" >&2; fail "$name did not start"; }
    [ $((waited += 1)) -le 300 ] || fail "$name did not listen within 30 s"
    sleep 0.1
  done
}

stop() {
  local pid left=()
  kill "$1"
  wait "$1" || true
  for pid in "${daemons[@]}"; do [ "$pid" = "$1" ] || left+=("$pid"); done
  daemons=("${left[@]}")
}

serve() {
  start server "$server" serve --listen "127.0.0.1:$1" --state server --key log.key \
    --operator log-operator/certificate.asc "${cosigners[@]}"
  server_pid=$last_daemon
}

# make_keys OPERATOR...: theirs, the log's, its operator's and two witnesses'.
make_keys() {
  local operator witness
  for operator in "$@"; do
    "$rebuilder" keygen --operator "$operator" --out "$operator/key" >/dev/null
    note "$operator's key is made"
  done
  log_name=log.example.org/bookworm
  "$server" keygen --name "$log_name" --out log.key >log.vkey
  "$server" keygen --operator "who runs the log" --out log-operator >/dev/null
  for witness in w1 w2; do
    "$server" keygen --witness --name "$witness.example.org" --out "$witness.key" >"$witness.vkey"
  done
}

# open_log OPERATOR...: sets $url and $port to where it listens; these may submit.
open_log() {
  local operator witness
  cosigners=()
  for witness in w1 w2; do
    start "$witness" "$server" witness --listen 127.0.0.1:0 --state "$witness" \
      --key "$witness.key" --log "$(cat log.vkey)"
    cosigners+=(--witness "$address,$(cat "$witness.vkey")")
    note "witness $witness listens on $address"
  done
  serve 0
  url=$address
  port=${url##*:}
  note "the log listens on $url"
  for operator in "$@"; do admit "$operator"; done
}

# admit OPERATOR: by an entry of the log.
admit() {
  "$server" roster add --server "$url" --key log-operator --name "$1-1" "$1/key/certificate.asc" >admit.out
  note "$(cut -d' ' -f1,2,4- admit.out)"
}

fingerprint() { gpg --homedir "$work/gnupg" --batch --show-keys --with-colons "$1" 2>/dev/null | awk -F: '/^fpr/ {print $10; exit}'; }
mkdir -m 700 gnupg
cpu=$(awk -F': *' '/^vendor_id/ {print $2; exit}' /proc/cpuinfo)
case "$cpu" in AuthenticAMD) cpu=AMD ;; GenuineIntel) cpu=Intel ;; HygonGenuine) cpu=Hygon ;; esac
[ -n "$cpu" ] || cpu=$(awk -F': *' '/^CPU implementer/ {print $2; exit}' /proc/cpuinfo)
# rebuilder_entry NAME JURISDICTION KEY-FOLDER [COMPILER-ROOT]
rebuilder_entry() {
  cat <<YAML
  - name: $1-1
    operator: $1
    jurisdiction: $2
    fingerprint: $(fingerprint "$3/key/certificate.asc")
    certificate: $3/key/certificate.asc
    tool: whonix2-rebuilder
    platform: {architecture: $(dpkg --print-architecture), cpuVendor: ${cpu:-unknown}, kernel: linux}
    compilerRoots: [${4:-gcc}]
YAML
}
# policy_head NAME: what all policies here have in common.
policy_head() {
  cat <<YAML
apiVersion: policy.whonix2.org/v1
kind: UpdatePolicy
metadata: {name: $1, serial: 1, expires: $(date -u -d '+1 year' +%Y-%m-%dT%H:%M:%SZ)}
mode: enforce
logs: [{origin: $log_name, key: "$(cat log.vkey)", urls: ["$url"]}]
witnesses:
  threshold: 2
  of:
    - {name: w1, operator: delta, key: "$(cat w1.vkey)"}
    - {name: w2, operator: epsilon, key: "$(cat w2.vkey)"}
veto: {operators: 1}
freshness: {maxAge: 7d}
YAML
}
# policy THRESHOLD GAMMAS-KEY-FOLDER: with a fourth rebuilder, who attested nothing, where four are asked.
policy() {
  policy_head demo
  cat <<YAML
rebuilders:
$(rebuilder_entry alpha DE alpha)
$(rebuilder_entry beta FR beta)
$(rebuilder_entry gamma IS "$2")
$([ "$1" -le 3 ] || rebuilder_entry mallory NL mallory)
quorum: {threshold: $1, distinct: {jurisdiction: 2}}
YAML
}

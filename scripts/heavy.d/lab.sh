# Where the heavy scripts try the gates: a Debian root of each suite, a witnessed log whose rebuilders
# attest what the script tells them, a policy that trusts them, and a table. Sourced after lib.sh.
#
# The script defines 'usage', 'operators' and 'witnesses'; 'tools' if it uses more than the lab,
# 'box_packages' if the box has more than a JRE, and 'protected' if the policy protects packages.
tools=()
box_packages=()
protected=()

# --- a suite's own namespaces and folder --------------------------------------------------------------
# enter_lab ARGUMENT...: the script's own. Returns, for each suite in a process of its own, as root in
# an empty folder; what is mounted or started from then on ends with that process.
enter_lab() {
  local script inside=no suites=()
  script=$(readlink -f "$0")
  root_tar=
  while [ $# -gt 0 ]; do
    case "$1" in
      --inside) inside=yes ;;
      --root-tar)
        root_tar=$(readlink -e "${2:?"--root-tar needs a file"}") || fail "there is no file $2"
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      -*) fail "unknown argument '$1'" "run 'scripts/heavy/$(basename "$script") --help'" ;;
      *) suites+=("$1") ;;
    esac
    shift
  done
  [ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie)
  [ -z "$root_tar" ] || [ ${#suites[@]} = 1 ] || fail "expected one suite with --root-tar, found ${#suites[@]}"
  local root_option=(${root_tar:+--root-tar "$root_tar"})
  if [ "$inside" = yes ]; then
    suite=${suites[0]}
    cd "$WORK"
    umask 022
    mount -t tmpfs -o mode=755 tmpfs /mnt
    SECONDS=0
    return
  fi
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || fail "this needs root and there is no sudo" "run it as root"
  # Before root: files that root makes in a checkout stand in its owner's way.
  prepare_machine
  [ "$(id -u)" = 0 ] || exec sudo -- "$script" "${root_option[@]}" "${suites[@]}"

  worker=
  work=
  trap leave_lab EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  local failed=0
  for suite in "${suites[@]}"; do
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/whonix2-$(basename "$script").XXXXXX")
    WORK=$work TMPDIR=$work unshare --mount --pid --fork --kill-child --propagation private --mount-proc -- \
      "$script" --inside "${root_option[@]}" "$suite" </dev/null &
    worker=$!
    wait "$worker" || failed=1
    worker=
    rm -rf --one-file-system "$work"
    work=
  done
  exit "$failed"
}

prepare_machine() {
  local e2e=$repository/scripts/e2e attester=org/whonix2/e2e/AttestFiles
  install_packages mmdebstrap util-linux mount dpkg-dev apt-utils curl procps "${tools[@]}"
  "$repository/scripts/setup"
  # Of what lies in test folders setup takes no notice.
  [ "$e2e/target/test-classes/$attester.class" -nt "$e2e/src/test/java/$attester.java" ] ||
    (cd "$repository" && mvn -B -ntp -q -Dspotless.check.skip=true -DskipTests package) || fail "the build failed"
}

# unshare itself heeds no signal but KILL, and when it is gone the others may not be; when the first
# process of the namespace is reaped, they are.
leave_lab() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  if [ -n "$worker" ]; then
    pkill -KILL -P "$worker" || true
    wait "$worker" 2>/dev/null || true
  fi
  [ -z "$work" ] || rm -rf --one-file-system "$work"
  exit "$status"
}

# --- the box ------------------------------------------------------------------------------------------
# A root of the suite with an overlay on it, so that each case can start from the same state.
box=/mnt/box
box_environment=(/usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
  DEBIAN_FRONTEND=noninteractive)
in_box() { chroot "$box" "${box_environment[@]}" "$@" </dev/null; }

make_box() {
  local site
  say "$suite: a root"
  if [ -n "$root_tar" ]; then
    mkdir base && tar -C base -xf "$root_tar"
  else
    # How this machine reaches its mirror, and nothing else of its configuration.
    site=$(debian_mirror)
    apt-config dump | grep '^Acquire::' >network.conf || true
    mmdebstrap --quiet --mode=root --variant=minbase \
      --include="$(IFS=,; printf '%s' "default-jre-headless,ca-certificates${box_packages[*]:+,${box_packages[*]}}")" \
      --aptopt=network.conf --dpkgopt=force-unsafe-io "$suite" base "$site" >make.log 2>&1 ||
      { tail -n 20 make.log >&2; fail "the root could not be made" "check the mirror"; }
  fi
  rm -f base/etc/resolv.conf && cp -L /etc/resolv.conf /etc/hosts base/etc/
  mkdir "$box"
  layers=$WORK/base
  reset
  note "$(in_box dpkg --version | head -n 1), $(in_box apt-get --version | head -n 1), $(in_box java --version | head -n 1)"
}
unmount_box() {
  local part
  for part in dev proc run; do umount -l "$box/$part" 2>/dev/null || true; done
  umount "$box" 2>/dev/null || umount -l "$box" 2>/dev/null || true
}
# reset: the box as the last 'keep' left it.
reset() {
  unmount_box
  rm -rf "$WORK/upper" "$WORK/working" && mkdir "$WORK/upper" "$WORK/working"
  mount -t overlay overlay -o "lowerdir=$layers,upperdir=$WORK/upper,workdir=$WORK/working" "$box"
  mount -t proc proc "$box/proc"
  mount -t tmpfs -o mode=755 tmpfs "$box/run"
  mount --rbind /dev "$box/dev"
}
# keep NAME: what the box is now becomes the state that 'reset' goes back to.
keep() {
  unmount_box
  mv "$WORK/upper" "$WORK/kept-$1"
  layers=$WORK/kept-$1:$layers
  reset
}

# small_deb NAME VERSION DIR [CONTROL-LINE...]: a package with one file that says GOOD.
small_deb() {
  local name=$1 version=$2 folder=$3 tree
  shift 3
  tree=$(mktemp -d)
  chmod 755 "$tree"
  mkdir -p "$tree/DEBIAN" "$tree/usr/share/$name"
  echo GOOD >"$tree/usr/share/$name/what"
  printf '%s\n' "Package: $name" "Version: $version" "Architecture: all" "Maintainer: t <t@example.org>" \
    "Description: made for a test" "$@" >"$tree/DEBIAN/control"
  # Uncompressed, so that a changed byte inside leaves a package that dpkg can unpack.
  dpkg-deb --root-owner-group -Znone --build "$tree" "$folder/${name}_${version}_all.deb" >/dev/null
  rm -r "$tree"
}

# --- a log, its witnesses, its rebuilders -------------------------------------------------------------
# start NAME COMMAND...: sets $address to what the program printed once it listened.
start() {
  local name=$1 waited=0
  shift
  : >"$name.out"
  "$@" >"$name.out" 2>"$name.err" </dev/null &
  until address=$(grep -oE -m1 'http://[0-9.]+:[0-9]+' "$name.out"); do
    kill -0 $! 2>/dev/null || { cat "$name.err" >&2; fail "$name did not start"; }
    [ $((waited += 1)) -le 300 ] || fail "$name did not listen within 30 s"
    sleep 0.1
  done
}

open_log() {
  local rebuilder=$repository/scripts/whonix2-rebuilder server=$repository/scripts/whonix2-attestation-server
  local witness operator cosigners=()
  say "$suite: a log of ${#operators[@]} rebuilders, witnessed by ${#witnesses[@]}"
  log_name=log.example.org/$(basename "$0")
  "$server" keygen --name "$log_name" --out log.key >log.vkey
  "$server" keygen --operator "who runs the log" --out log-operator >/dev/null
  for witness in "${witnesses[@]}"; do
    "$server" keygen --witness --name "$witness.example.org" --out "$witness.key" >"$witness.vkey"
    start "$witness" "$server" witness --listen 127.0.0.1:0 --state "$witness" --key "$witness.key" --log "$(cat log.vkey)"
    cosigners+=(--witness "$address,$(cat "$witness.vkey")")
  done
  start server "$server" serve --listen 127.0.0.1:0 --state server --key log.key \
    --operator log-operator/certificate.asc "${cosigners[@]}"
  url=$address
  for operator in "${operators[@]}"; do
    "$rebuilder" keygen --operator "$operator" --out "$operator" >"$operator.fingerprint"
    "$server" roster add --server "$url" --key log-operator --name "$operator-1" "$operator/certificate.asc" >/dev/null
  done
}

sequence=1
# attest [--source-signer=FINGERPRINT] FILE...: every rebuilder says that these came out.
attest() {
  local operator envelope signer=()
  case "$1" in --source-signer=*) signer=("$1") && shift ;; esac
  for operator in "${operators[@]}"; do
    mkdir "envelopes-$operator"
    java -cp "$repository/scripts/e2e/target/test-classes:$repository/update-client/target/lib/*" \
      org.whonix2.e2e.AttestFiles "${signer[@]}" "$operator" AMD "$sequence" "envelopes-$operator" "$@"
    for envelope in "envelopes-$operator"/*; do
      curl -sS --fail-with-body -o answer -H 'Content-Type: application/vnd.dsse.envelope.v1+json' \
        --data-binary "@$envelope" "$url/api/v1/attestations" || { cat answer >&2; fail "the log refused an attestation"; }
    done
    rm -r "envelopes-$operator"
  done
  sequence=$((sequence + 1000))
}

# policy MODE FRESHNESS: all witnesses, all rebuilders.
policy() {
  local witness operator
  cat <<YAML
apiVersion: policy.whonix2.org/v1
kind: UpdatePolicy
metadata: {name: box, serial: 1, expires: $(date -u -d '+1 year' +%Y-%m-%dT%H:%M:%SZ)}
mode: $1
logs: [{origin: $log_name, key: "$(cat log.vkey)", urls: ["$url"]}]
witnesses:
  threshold: ${#witnesses[@]}
  of:
$(for witness in "${witnesses[@]}"; do
    printf '    - {name: %s, operator: keeper-of-%s, key: "%s"}\n' "$witness" "$witness" "$(cat "$witness.vkey")"
  done)
rebuilders:
$(for operator in "${operators[@]}"; do
    cat <<ENTRY
  - {name: $operator-1, operator: $operator, jurisdiction: DE, fingerprint: $(cat "$operator.fingerprint"),
     certificate: keys/$operator.asc, tool: whonix2-rebuilder,
     platform: {architecture: amd64, cpuVendor: AMD, kernel: linux}, compilerRoots: [gcc]}
ENTRY
  done)
quorum: {threshold: ${#operators[@]}}
veto: {operators: 1}
freshness: {maxAge: $2}
protect: [$(IFS=,; echo "${protected[*]}")]
YAML
}
# trust_log: the box's policy, and the certificates it names.
trust_log() {
  local operator
  mkdir -p "$box/etc/whonix2/keys"
  for operator in "${operators[@]}"; do cp "$operator/certificate.asc" "$box/etc/whonix2/keys/$operator.asc"; done
  policy enforce 7d >"$box/etc/whonix2/policy.yaml"
}

# --- the table ----------------------------------------------------------------------------------------
passed=0
failed=0
# result yes|no WHAT: a line of it; if wrong, with what was said.
result() {
  if [ "$1" = yes ]; then
    passed=$((passed + 1))
    printf '   ok     %s\n' "$2"
  else
    failed=$((failed + 1))
    printf '   WRONG  %s\n' "$2"
    tail -n 60 case.out | sed 's/^/          | /'
  fi
}
# A stack trace of ours, in Java or perl: no refusal comes as one.
stack_trace() {
  grep -aE '^\s+at [A-Za-z0-9_$./@-]+\(|^Exception in | at (/usr/lib/whonix2/[^ ]+|.* of the gate) line [0-9]+' case.out
}
# row WHAT STATUS TEXT COMMAND...: ends with this status (or 'not-0': with another) and says what matches
# TEXT.
row() {
  local what=$1 expected=$2 text=$3 seen=0 right=yes
  shift 3
  "$@" >case.out 2>&1 || seen=$?
  case "$expected" in
    not-*) [ "$seen" != "${expected#not-}" ] || right=no ;;
    *) [ "$seen" = "$expected" ] || right=no ;;
  esac
  [ -z "$text" ] || grep -qE -- "$text" case.out || right=no
  ! stack_trace || right=no
  [ "$right" = yes ] || printf 'expected exit %s and /%s/, got exit %s\n' "$expected" "$text" "$seen" >>case.out
  result "$right" "$what"
}
# --- attacks ------------------------------------------------------------------------------------------
gate() { in_box /usr/lib/whonix2/gate-setup "$@"; }
apt() { in_box apt-get install -y "$@"; }
installed() { [ "$(in_box dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null)" = "installed $2" ]; }
# attack WHAT TEXT DEED SUCCEEDED: the canary, then the gate. TEXT is what the gate must say; DEED and
# SUCCEEDED are commands, split into words.
attack() {
  local what=$1 text=$2 deed=$3 succeeded=$4 right=yes
  reset
  $deed >case.out 2>&1 || true
  $succeeded || right=no
  result "$right" "$what (canary: succeeds without the gate)"
  reset
  gate install >/dev/null
  right=yes
  $deed >case.out 2>&1 && right=no
  ! $succeeded || right=no
  grep -qF -- "$text" case.out || right=no
  ! stack_trace || right=no
  if find "$box" -xdev -name '.whonix2-gate*' | grep . >>case.out; then right=no; fi
  result "$right" "$what"
}

# finish: how it came out; succeeds if all was as expected.
finish() {
  unmount_box
  note "after $SECONDS s"
  printf '\n%s: %d passed, %d failed\n' "$suite" "$passed" "$failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

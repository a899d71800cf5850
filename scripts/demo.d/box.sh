# The box: a Debian root with the gates, and attacks on it by the real apt and dpkg.
#
# Every command in the box runs in mount and process namespaces of its own: what it mounts and
# starts ends with it, however the demo ends.
box_maker=
namespaces=(unshare --mount --pid --fork --kill-child --propagation private)

# --- making it, while the rebuilders build ----------------------------------------------------------
# From this machine's own mirror, as the rebuilders' roots are.
make_box() {
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Identifier: Packages' 'Origin: Debian' 2>/dev/null | sort -u >box.sources
  [ -s box.sources ] || fail "this machine's apt has no lists of Debian" "run apt-get update"
  apt-config dump | grep '^Acquire::' >box.network || true
  mkdir box-layer
  TMPDIR=$work exec "${namespaces[@]}" --mount-proc -- \
    mmdebstrap --quiet --mode=root --variant=minbase --include=default-jre-headless \
    --aptopt=box.network --dpkgopt=force-unsafe-io --skip=cleanup/apt/lists \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" box-root - <box.sources
}

start_box() {
  make_box >box.log 2>&1 &
  box_maker=$!
}

# Kills the first process of the namespaces: all others are dead and nothing is mounted when it is reaped.
stop_box() {
  [ -n "$box_maker" ] || return 0
  while jobs -r -p | grep -qxF "$box_maker"; do
    pkill -KILL -P "$box_maker" || true
    sleep 0.1
  done
}

await_box() {
  wait "$box_maker" || { tail -n 20 box.log >&2; fail "the box could not be made" "check the mirror"; }
  box_maker=
  rm -f box-root/etc/resolv.conf
  cp -L /etc/resolv.conf /etc/hosts box-root/etc/
}

# --- commands in it ----------------------------------------------------------------------------------
# in_box keep|forget COMMAND...: what the command changes stays, or is gone when it ends.
in_box() {
  # shellcheck disable=SC2016
  "${namespaces[@]}" -- sh -euc '
    root=$1/box-root
    if [ "$2" = forget ]; then
      mount -t tmpfs -o mode=755 tmpfs "$1/box-layer"
      mkdir "$1/box-layer/upper" "$1/box-layer/work" "$1/box-layer/root"
      mount -t overlay -o "lowerdir=$root,upperdir=$1/box-layer/upper,workdir=$1/box-layer/work" \
        overlay "$1/box-layer/root"
      root=$1/box-layer/root
    fi
    shift 2
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive "$@"' sh "$work" "$@" </dev/null
}

# --- what lies in it ---------------------------------------------------------------------------------
# repack FILE VERSION LINE: the package with this version, and a file in it that says LINE.
repack() {
  local tree=repacked
  rm -rf "$tree"
  dpkg-deb -R "$file" "$tree"
  mkdir -p "$tree/usr/share/$package"
  echo "$3" >"$tree/usr/share/$package/what"
  sed -i "s/^Version: .*/Version: $2/" "$tree/DEBIAN/control"
  dpkg-deb --root-owner-group -Znone --build "$tree" "$1" >/dev/null
}

# What whoever holds the archive's key can serve: the archive's file under an index that lies.
false_archive() {
  local archive=box-root/srv/archive
  mkdir -p "$archive"
  cp "$file" "$archive/"
  (cd "$archive" && apt-ftparchive packages . 2>/dev/null >index
    sed 's/^Package: .*/Package: harmless/' index >index.name
    sed 's/^Package: .*/&\nConflicts: whonix2-update/' index >index.conflicts
    rm index)
  printf "Package: $package"'\nPin: origin ""\nPin-Priority: 1001\n' >"$archive/preferences"
}

# furnish_box OPERATOR...: with our package, and the certificates of these.
furnish_box() {
  local operator
  "$repository/scripts/package-update" --out box-packages >/dev/null
  cp box-packages/whonix2-update_*.deb box-root/root/
  mkdir -p box-root/etc/whonix2/keys
  for operator in "$@"; do
    cp "$operator/key/certificate.asc" "box-root/etc/whonix2/keys/$operator.asc"
  done
}

# box_policy NAME: the policy that is its standard input, with the certificates where the box has them.
box_policy() {
  sed 's:^\( *certificate\: \)\(.*\)/key/certificate.asc:\1keys/\2.asc:' >"box-root/etc/whonix2/$1.yaml"
}

# What the attacks are made with.
arm_attackers() {
  version=$(dpkg-deb -f "$file" Version)
  repack box-root/root/back-door.deb "$version" "a back door"
  repack box-root/root/newer.deb "$version+newer" "a newer version"
  false_archive
}

# --- attacks -----------------------------------------------------------------------------------------
# Functions from here to 'attack' run in the box, as its root.
installed() { [ "$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null)" = "installed $2" ]; }
install_package() { apt-get install -y "$package"; }
package_installed() { installed "$package" "$version"; }
nothing() { true; }

# serve_index NAME: the false archive, beside the true one and preferred to it.
serve_index() {
  cp "/srv/archive/index.$1" /srv/archive/Packages
  echo 'deb [trusted=yes] copy:/srv/archive ./' >/etc/apt/sources.list.d/false.list
  cp /srv/archive/preferences /etc/apt/preferences.d/false
  apt-get update -qq -o Dir::Etc::sourcelist=sources.list.d/false.list -o Dir::Etc::sourceparts=- \
    -o APT::Get::List-Cleanup=false
}

# The time of day in the first header of the .deb: the one byte that dpkg does not mind.
change_cached_byte() {
  apt-get install -y -d "$package"
  printf 0 | dd of="$(echo /var/cache/apt/archives/"$package"_*.deb)" bs=1 seek=24 conv=notrunc status=none
  install_package
}
install_back_door() { dpkg -i /root/back-door.deb; }
back_door_open() { [ -e "/usr/share/$package/what" ]; }
lie_about_name() { serve_index name && apt-get install -y harmless; }
# apt keeps what is marked Protected; here its owner has switched that off.
conflict_with_us() {
  serve_index conflicts && apt-get install -y --allow-remove-essential \
    -o APT::Get::Allow-Solver-Remove-Essential=true "$package"
}
we_are_gone() { ! dpkg-query -W -f '${db:Status-Status}' whonix2-update 2>/dev/null | grep -q '^installed'; }
have_newer() { dpkg -i /root/newer.deb; }
downgrade() { apt-get install -y --allow-downgrades "$package=$version"; }
# Freshness so short that the witnesses' newest word is too old some seconds after the sync.
grow_stale() {
  local age=$(($(date +%s) - witnessed + 4))
  sed -i "s/maxAge: 7d/maxAge: ${age}s/" /etc/whonix2/policy.yaml
  # 3 where the machine is so slow that it is too old already.
  whonix2-update sync || [ $? = 3 ]
  while [ "$(date +%s)" -le $((witnessed + age)) ]; do sleep 0.2; done
}
lose_policy() { rm /etc/whonix2/policy.yaml; }

# run_attack GATE DEED SUCCEEDED BEFORE: the deed's exit status; one of its own if the box is not as it says.
run_attack() {
  local status=0
  "$4" >/dev/null
  [ "$1" = off ] || whonix2-update gate install
  "$2" || status=$?
  if [ "$1" = off ]; then
    "$3" || { echo "without the gate, the attack failed"; return 98; }
    echo "the attack succeeded"
  else
    ! "$3" || { echo "with the gate, the attack succeeded"; return 99; }
  fi
  return "$status"
}

# attack WHAT EXIT TEXT DEED SUCCEEDED [BEFORE]: a row without the gate, where it must succeed (the
# canary), and one with it, where the deed must end with EXIT and the gate must say TEXT.
attack() {
  local what=$1 exit=$2 text=$3 gate
  local deed=(run_attack - "$4" "$5" "${6:-nothing}")
  for gate in off on; do
    deed[1]=$gate
    [ "$gate" = on ] || { row "$what, gate off" 0 'the attack succeeded' attack_in_box "${deed[@]}"; continue; }
    row "$what, gate on" "$exit" "$text" attack_in_box "${deed[@]}"
    row_why
  done
}

# The box gets the functions above as text; it has no checkout.
attack_in_box() {
  in_box forget package="$package" version="$version" witnessed="$witnessed" \
    bash -euc "$(declare -f); \"\$@\"" bash "$@"
}

attacks() {
  attack "the .deb in apt's cache, one byte changed" 100 'no ticket for its SHA-256' \
    change_cached_byte package_installed
  attack "dpkg -i of a file without a quorum" 1 'no ticket for its SHA-256' install_back_door back_door_open
  attack "an index entry of another name" 100 "the archive's index says name harmless" \
    lie_about_name package_installed
  attack "Conflicts: whonix2-update in an index" 100 'the policy protects whonix2-update' \
    conflict_with_us we_are_gone
  attack "a downgrade" 100 'older than what is installed' downgrade package_installed have_newer
  attack "a stale store" 100 "its ticket ended at|the witnesses' newest word" \
    install_package package_installed grow_stale
  attack "no policy" 100 'there is no policy' install_package package_installed lose_policy
}

# kill -9 at any moment of an installation: nothing that nobody attested, nothing half, nothing left. Sourced.

say "$suite: kill -9 during installations"
names=(k1 k2 k3 k4 k5 k6)
mkdir killed
for name in "${names[@]}"; do
  small_deb "$name" 1.0 killed
done
attest killed/*.deb
cp killed/*.deb debs/ && serve ''
reset
cp own/evil_1.0_all.deb "$box/root/evil.deb"
in_box sh -c 'whonix2-update sync && apt-get update && apt-get install -y -d "$@"' sh "${names[@]}" >case.out 2>&1
gate install >/dev/null
mkdir originals && cp "$box"/var/cache/apt/archives/*.deb "$box/root/evil.deb" originals/

# kill_once PROGRAM MILLISECONDS COMMAND...: succeeds if the program was killed.
kill_once() {
  local running hit=no
  "${@:3}" >>killed.out 2>&1 &
  running=$!
  ! "$repository/scripts/heavy.d/kill-within" "$box" "$1" "$2" "$running" || hit=yes
  wait "$running" || true
  # What it had started may still be at it.
  "$repository/scripts/heavy.d/kill-within" "$box" all 0 "$running" || true
  [ "$hit" = yes ]
}
# left [FOLDER]: what killed gates left there.
left() { find "$box/${1:-}" -xdev -name '.whonix2-gate*' -print; }
unharmed() {
  local file
  not in_box dpkg-query -W evil 2>/dev/null || { echo "evil is there"; return 1; }
  for file in originals/*.deb; do
    cmp "$file" "$(find "$box/root" "$box/var/cache/apt/archives" -name "${file##*/}")" || return 1
  done
}
remove_all() { in_box sh -c 'dpkg --force-remove-reinstreq --purge "$@"; dpkg --configure -a' sh "${names[@]}"; }
hits=0
leftovers=0
harm=0
rounds=0
RANDOM=1
: >killed.out
for target in gate debsig-verify sha256sum dpkg apt-get dpkg-deb all; do
  case $target in gate | debsig-verify | sha256sum) longest=10 ;; *) longest=300 ;; esac
  for ((i = 0; i < 6; i++)); do
    rounds=$((rounds + 1))
    remove_all >>killed.out 2>&1 || true
    case $((i % 3)) in
      0) kill_once "$target" $((RANDOM % longest)) in_box dpkg -i /root/evil.deb ;;
      *) kill_once "$target" $((RANDOM % longest)) in_box apt-get install -y "${names[@]}" ;;
    esac && hits=$((hits + 1))
    [ -z "$(left)" ] || leftovers=$((leftovers + 1))
    unharmed >>killed.out 2>&1 || harm=$((harm + 1))
  done
done
note "$hits of $rounds runs were hit, $leftovers left a folder until the next"
cp killed.out case.out
right=yes; [ "$hits" -ge $((rounds / 4)) ] || right=no
result "$right" "canary: the kills do hit"
right=yes; [ "$harm" = 0 ] || right=no
result "$right" "after each of $rounds: nothing unattested is there, and every file is whole"
truncate -s 3G "$box/root/large.deb"
kill_once debsig-verify 500 in_box dpkg -i /root/large.deb || true
rm "$box/root/large.deb"
row "canary: a gate that is killed while it copies a file leaves a folder" 0 '\.whonix2-gate\.' left root
row "the next one there refuses as ever" 1 'no ticket for its SHA-256' in_box dpkg -i /root/evil.deb
row "and removes that folder" 0 '' eval '[ -z "$(left root)" ]'
again() { in_box sh -c 'dpkg --configure -a; apt-get -f install -y && apt-get install -y --reinstall "$@"' sh "${names[@]}"; }
row "a repeat works" 0 '' again
for name in "${names[@]}"; do installed "$name" 1.0 || echo "$name is not there"; done >missing
row "all of it is there" 0 '' cmp /dev/null missing
row "dpkg finds nothing half done" 0 '' eval '[ -z "$(in_box dpkg --audit)" ]'
row "the gate still refuses" 1 'no ticket for its SHA-256' in_box dpkg -i /root/evil.deb
row "and nothing of the gate's is left" 0 '' eval '[ -z "$(left)" ]'

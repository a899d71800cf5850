# The main job, sourced: three rebuilders, a box that accepts the archive's file at quorum, and liars.
say "1. keys for three rebuilders, a log and two witnesses"
make_keys alpha beta gamma mallory

say "2. two witnesses, a server, and its roster"
open_log alpha beta gamma

policy 3 gamma >policy.yaml
policy 4 gamma >policy-needs-four.yaml
policy 2 gamma >policy-needs-two.yaml
policy 3 mallory >policy-other-key.yaml

# --- three rebuilds, and a box -------------------------------------------------------------------
say "3. three rebuilders rebuild $package, each in a root of its own; a box is made beside them"
SECONDS=0
start_box
for operator in alpha beta gamma; do rebuild_by "$operator"; done
await_rebuilds alpha beta gamma
note "done in $SECONDS s"
sed 's/^/   /' gamma.result

say "4. the archive's own file, fetched by apt"
mkdir -m 777 archive
stranger=hostname # a package that nobody rebuilds here
[ "$package" != hostname ] || stranger=sed
# Lists as fresh as the rebuilders' own, which may be newer than the machine's.
(apt-get -q update && cd archive && apt-get -q download "$package" "$stranger") >apt.out 2>&1 ||
  { cat apt.out >&2; fail "apt-get could not download $package" "check the network"; }
file=$(ls archive/"$package"_*.deb)
other=$(ls archive/"$stranger"_*.deb)
note "$(sha256sum "$file")"

# --- what the box says -----------------------------------------------------------------------------------
verify() { "$update" verify --state box --policy "$1" "$2"; }
box_status() { "$update" status --state box --policy policy-needs-two.yaml | tr '\n' ' '; }
say "5. what the box says"
row "nothing is accepted before the first sync" 3 'never followed' verify policy.yaml "$file"
row "sync follows the log" 0 'entries 0 to 6; witnessed at' "$update" sync --state box --policy policy.yaml
row "the archive's $package at 3 of 3" 0 '^accepted .*' verify policy.yaml "$file"
sed 's/^/      /' row.out

cp "$file" changed.deb
size=$(stat -c %s changed.deb)
offset=$((size - 1000))
byte=$(od -An -tu1 -j "$offset" -N 1 changed.deb | tr -d ' ')
printf "\\x$(printf %02x $((byte ^ 1)))" | dd of=changed.deb bs=1 seek="$offset" conv=notrunc status=none
[ "$(cmp -l "$file" changed.deb | wc -l)" = 1 ] || fail "the changed file does not differ in one byte"
row "the same with one byte changed" 1 'refused: 0 of 3' verify policy.yaml changed.deb
row "a package nobody rebuilt" 1 'refused: 0 of 3' verify policy.yaml "$other"
row "a policy that needs 4" 1 'refused: 3 of 4' verify policy-needs-four.yaml "$file"
row "a policy that names another key for gamma" 1 'refused: 2 of 3' verify policy-other-key.yaml "$file"

# --- one attestation by hand ---------------------------------------------------------------------------------
say "6. one attestation checked by hand with gpg, by the README's three commands"
sed -n '/<!-- by hand: begin -->/,/<!-- by hand: end -->/{/^[^`<]/p}' "$repository/README.md" >by-hand.sh
[ "$(grep -c . by-hand.sh)" = 3 ] || fail "expected three commands in README.md, found $(grep -c . by-hand.sh)"
sed 's/^/   $ /' by-hand.sh
by_hand() (cd "$1" && cp ../key/certificate.asc . && bash -euo pipefail "$work/by-hand.sh")
row "alpha's attestation by gpg" 0 'Good signature' by_hand alpha/out
grep -q "$(sha256sum "$file" | cut -d' ' -f1)" alpha/out/attestation.pae ||
  fail "the attestation does not name the archive's file"

# --- the box -------------------------------------------------------------------------------------
say "7. a Debian box whose apt and dpkg ask"
await_box
furnish_box alpha beta gamma
box_policy policy <policy.yaml
arm_attackers
note "the box is made after $SECONDS s"
row "whonix2-update installs in the box" 0 'Setting up whonix2-update' \
  in_box keep sh -c 'dpkg -i /root/whonix2-update_*.deb'
row "it syncs" 0 'packages accepted' in_box keep whonix2-update sync
witnessed=$(date +%s -d "$(in_box keep whonix2-update status --json | jq -r '.logs[0].witnessed')")
row "apt-get install $package through the gate at 3 of 3" 0 'whonix2: 1 packages accepted' \
  in_box forget sh -euc 'whonix2-update gate install; whonix2-update gate status; apt-get install -y "$0"' "$package"
sed -n '/^whonix2:/s/^/      | /p' row.out
attacks

# --- liars ---------------------------------------------------------------------------------------
changed_sha256=$(sha256sum changed.deb | cut -d' ' -f1)

say "8. liars"
other_bits mallory "$changed_sha256" 1
row "the server refuses a key that is not in its roster" 22 '"status":403' post mallory.envelope
admit mallory
row "with mallory in the roster it is logged" 0 '"index":7' post mallory.envelope
row "sync takes it in" 0 'entries 6 to 8; witnessed at' "$update" sync --state box --policy policy.yaml
row "a key the policy does not name counts nothing" 1 'refused: 0 of 3' verify policy.yaml changed.deb
row "and changes nothing for the archive's file" 0 '^accepted' verify policy.yaml "$file"

stop "$server_pid"
cp -a server server-older
serve "$port"
other_bits gamma "$changed_sha256" 2
row "gamma attests other bits" 0 '"index":8' post gamma.envelope
row "sync takes it in" 0 'entries 8 to 9; witnessed at' "$update" sync --state box --policy policy.yaml
row "a rebuilder that attests other bits" 1 'refused: 1 operators got other bits' verify policy.yaml "$file"
row "a sync where two of three would do" 0 'held by vetoes: 1' "$update" sync --state box --policy policy-needs-two.yaml
row "status names who holds it; its evidence is there" 1 \
  'by gamma-1 of gamma.* log and .buildinfo are there to be looked into' box_status

stop "$server_pid"
mv server server-newer
mv server-older server
serve "$port"
row "sync: the log went back to an older checkpoint" 4 'went back to an older checkpoint' \
  "$update" sync --state box --policy policy.yaml
row "a log that went back: everything is refused" 4 'went back to an older checkpoint' \
  verify policy.yaml "$file"

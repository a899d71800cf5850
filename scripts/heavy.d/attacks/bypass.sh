# Ways around the gate: its link or program gone, settings, forced removal, policies, old and expired. Sourced.

say "$suite: debsig-verify is gone"
reset
cp own/evil_1.0_all.deb "$box/root/evil.deb"
keep evil
# gone FILE: the gate stands, and then this is taken away.
gone() { reset && gate install >/dev/null && mv "$box$1" "$box/root/gone"; }
evil_by_dpkg() { in_box dpkg -i /root/evil.deb; }
evil_by_apt() { serve '' own/evil_1.0_all.deb && update && apt evil; }
reset
gate install >/dev/null
row "canary: while it is there, dpkg -i asks" 1 'no ticket for its SHA-256' evil_by_dpkg
gone /usr/bin/debsig-verify
row "the link is gone: apt refuses even what is attested" 100 \
  'dpkg would not ask the gate: /usr/bin/debsig-verify is not the gate' apt other
row "the link is gone: gate status says so" 1 "problem: dpkg's point: /usr/bin/debsig-verify is not the gate" \
  in_box whonix2-update gate status
row "LIMIT: the link is gone: dpkg -i asks nobody and installs" 0 'Setting up evil' evil_by_dpkg
row "the link is gone: gate install mends it" 0 'the gate stands' in_box whonix2-update gate install
row "apt installs what is attested" 0 'Setting up other' apt other
row "and dpkg asks again" 1 'no ticket for its SHA-256' evil_by_dpkg
gone /usr/lib/whonix2/gate
row "the program is gone: apt refuses" 100 '/usr/lib/whonix2/gate: not found' apt other
row "LIMIT: the program is gone: dpkg -i asks nobody and installs" 0 'Setting up evil' evil_by_dpkg
gone /usr/bin/perl
row "perl is gone: apt refuses" 100 '' apt other
row "perl is gone: dpkg -i refuses" not-0 '' evil_by_dpkg
gone /usr/bin/sha256sum
row "sha256sum is gone: apt refuses" 100 'whonix2: refused' apt other
row "sha256sum is gone: dpkg -i refuses" 1 'whonix2: refused' evil_by_dpkg

say "$suite: force"
by_force_all() { serve '' own/evil_1.0_all.deb && update && apt -o DPkg::Options::=--force-all evil; }
attack "apt hands dpkg --force-all" "apt hands dpkg the option '--force-all'" by_force_all 'installed evil 1.0'
by_dpkg_force() { serve '' own/evil_1.0_all.deb && update && in_box env DPKG_FORCE=all apt-get install -y evil; }
attack "DPKG_FORCE=all" 'the environment says DPKG_FORCE=all' by_dpkg_force 'installed evil 1.0'
by_settings() {
  echo force-bad-verify >"$box/etc/dpkg/dpkg.cfg.d/zz"
  evil_by_apt
}
attack "force-bad-verify in dpkg's settings" "dpkg would not ask the gate: /etc/dpkg/dpkg.cfg.d/zz" by_settings \
  'installed evil 1.0'
without_hook() { serve '' own/evil_1.0_all.deb && update && apt -o Dir::Etc::parts=/nowhere evil; }
attack "apt without its configuration: dpkg asks" 'no ticket for its SHA-256' without_hook 'installed evil 1.0'
reset
gate install >/dev/null
row "LIMIT: root's dpkg --force-all asks nobody and installs" 0 'Setting up evil' in_box dpkg --force-all -i /root/evil.deb

index_trick() { serve "/^Package: helper\$/s/\$/\n$fields: guarded/" && update && apt helper; }
for fields in Conflicts Breaks 'Provides: guarded (= 3.0)\nReplaces: guarded\nConflicts'; do
  attack "an index entry makes apt remove what is protected: ${fields//: guarded*\\n/, }" 'the policy protects guarded' \
    index_trick 'not installed guarded 2.0'
done
usurped() { serve '' && update && apt usurper; }
attack "an attested package conflicts with what is protected" 'the policy protects guarded' usurped 'not installed guarded 2.0'
reset
gate install >/dev/null
cp debs/usurper_1.0_all.deb "$box/root/"
row "LIMIT: dpkg -i of it removes what is protected: dpkg tells no gate of removals" 0 'Removing guarded' \
  in_box dpkg -i /root/usurper_1.0_all.deb

say "$suite: policies"
serve ''
# policy_as SED-SCRIPT
policy_as() { policy enforce 7d | sed -e "$1" >"$box/etc/whonix2/policy.yaml"; }
reset
gate install >/dev/null
ends=$(($(date +%s) + 45))
policy_as "s/expires: [^}]*/expires: $(date -u -d "@$ends" +%Y-%m-%dT%H:%M:%SZ)/"
row "sync under a policy that ends in 45 s" 0 'packages accepted' in_box whonix2-update sync
row "policy expired (canary): until then it installs" 0 'Setting up other' apt other
while [ "$(date +%s)" -le "$ends" ]; do sleep 1; done
row "policy expired: its tickets ended" 100 'its ticket ended at' apt helper
row "policy expired: sync refuses everything" 1 'the policy expired|expired at' in_box whonix2-update sync
row "policy expired: apt says so" 100 'expired' apt helper

older_policy() {
  policy_as 's/serial: 1/serial: 2/' && in_box whonix2-update sync && policy_as 's/^quorum: .*/quorum: {threshold: 1}/'
}
reset
gate install >/dev/null
older_policy >case.out 2>&1
row "policy rolled back: nothing installs before a sync" 100 'changed since the last sync' apt other
row "policy rolled back: sync refuses everything" 1 'serial' in_box whonix2-update sync
row "policy rolled back: apt says so" 100 'serial' apt other
rm "$box/var/lib/whonix2/update/floors"
row "policy rolled back (canary): a box that forgot takes it" 0 'packages accepted' in_box whonix2-update sync
row "and installs" 0 'Setting up other' apt other

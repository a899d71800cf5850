# Keys that are stolen together: the archive's and a rebuilder's. Sourced.

say "$suite: the archive's key and one rebuilder's are stolen"
mkdir stolen
small_deb stolen 1.0 stolen
sed -i 's/GOOD/EVIL/' stolen/stolen_1.0_all.deb
attest_by() { local operators=("$1") && attest "${@:2}"; }
attest_by alpha stolen/stolen_1.0_all.deb
stolen() { serve '' stolen/*.deb && update && apt stolen; }
reset
policy enforce 7d | sed 's/^quorum: .*/quorum: {threshold: 1}/' >"$box/etc/whonix2/policy.yaml"
gate install >/dev/null
row "sync under a policy that trusts one" 0 'packages accepted' in_box whonix2-update sync
row "key compromise (canary): where one is enough, it comes in" 0 'Setting up stolen' stolen
reset
gate install >/dev/null
row "sync under a policy that asks two" 0 'packages accepted' in_box whonix2-update sync
row "key compromise: one of two is refused" 100 'refused: 1 of 2 operators' stolen
row "it is not there" 1 'no packages found' in_box dpkg-query -W stolen

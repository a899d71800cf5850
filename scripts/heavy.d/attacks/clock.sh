# A clock that is wrong: what time() says to apt, dpkg and the gate, by libfaketime. Sourced.

say "$suite: the clock stands at 1970 and at 2099"
serve ''
past='1970-01-02 00:00:00'
future='2099-01-01 00:00:00'
at() { in_box env FAKETIME_DONT_FAKE_MONOTONIC=1 faketime "$1" "${@:2}"; }
for when in "$past" "$future"; do
  reset
  year=${when%%-*}
  row "$year: a perl in the box believes it" 0 "^$year\$" at "$when" perl -e 'print 1900 + (gmtime)[5], "\n"'
  row "$year (canary): without the gate apt installs" 0 'Setting up other' at "$when" apt-get install -y other
  reset
  gate install >/dev/null
  why='its ticket ended at'
  [ "$year" = 2099 ] || why='the clock \(1970-01-02T.* is before the time the tickets were made'
  in_box apt-get install -y -d other >/dev/null 2>&1
  row "$year: apt refuses" 100 "$why" at "$when" apt-get install -y other
  row "$year: dpkg -i refuses" 1 "$why" at "$when" dpkg -i /var/cache/apt/archives/other_1.0_all.deb
  row "$year: it is not there" 1 'no packages found' in_box dpkg-query -W other
  row "$year: sync refuses everything" 3 'clock|old' at "$when" whonix2-update sync
  row "$year: and so does apt" 100 'whonix2: refused: other' at "$when" apt-get install -y other
  row "$year: the clock is right again: sync" 0 'packages accepted' in_box whonix2-update sync
  row "$year: it installs" 0 'Setting up other' apt other
done

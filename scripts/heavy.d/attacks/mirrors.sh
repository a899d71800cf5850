# Mirrors and logs' servers that send without an end, or a byte a second. Sourced.

say "$suite: endless and slow mirrors"
# bounded NAME MIB: an endless NAME is broken off; the box took at most that much of it.
bounded() {
  local waited=0 sent
  until [ -s "tricks/$1.sent" ]; do [ $((waited += 1)) -le 50 ] || return 1; sleep 0.1; done
  sent=$(cat "tricks/$1.sent")
  note "the mirror could send $sent MiB of $1"
  [ "$sent" -le "$2" ]
}
# endless NAME COMMAND...: of a box without lists
endless() {
  serve '' && echo endless >"tricks/$1"
  rm -rf "$box"/var/lib/apt/lists/*
  "${@:2}"
}
reset
row "endless InRelease (canary: without apt's limit it is taken until somebody stops it)" 124 '' \
  endless InRelease in_box timeout -s KILL 15 timeout -s INT 10 apt-get update -oAcquire::MaxReleaseFileSize=0
row "endless InRelease, canary: it took more than 30 MiB" 1 '' bounded InRelease 30
reset
row "endless InRelease: apt breaks it off" not-124 'unexpected size' endless InRelease in_box timeout 60 apt-get update
row "endless InRelease: before 30 MiB" 0 '' bounded InRelease 30
reset
# Whether apt calls that a failed update depends on what of it came first.
row "endless Packages: apt breaks it off" not-124 'unexpected size' endless Packages in_box timeout 60 apt-get update
row "endless Packages: before 30 MiB" 0 '' bounded Packages 30
reset
gate install >/dev/null
endless_deb() {
  serve '' && update && echo endless >tricks/other_1.0_all.deb
  in_box timeout 60 apt-get install -y other
}
row "endless .deb: apt breaks it off" 100 'unexpected size' endless_deb
row "endless .deb: before 30 MiB" 0 '' bounded other_1.0_all.deb 30
rm tricks/other_1.0_all.deb
row "endless .deb: the box is unharmed" 0 'Setting up other' apt other

serve ''
reset
gate install >/dev/null
echo drip >tricks/InRelease
row "LIMIT: slow retrieval: a byte a second, and apt-get update waits until somebody stops it" 124 '' \
  in_box timeout -s KILL 25 timeout -s INT 20 apt-get update
in_box timeout -s KILL 40 apt-get update >/dev/null 2>&1 &
waiting=$!
row "slow retrieval: meanwhile a sync goes on" 0 'packages accepted' in_box whonix2-update sync
row "and what was there before installs" 0 'Setting up other' apt other
wait "$waiting" || true
rm tricks/InRelease
row "the mirror is mended: apt-get update" 0 '' in_box timeout 60 apt-get update

say "$suite: a log's server that is endless or slow, after apt-get update"
for trick in endless drip; do
  reset
  serve ''
  policy enforce 7d | sed "s|$url|$mirror|" >"$box/etc/whonix2/policy.yaml"
  gate install >/dev/null
  echo "$trick" >tricks/checkpoint
  begun=$SECONDS
  why='expected at most [0-9]+ bytes, found more'
  [ "$trick" = endless ] || why='expected the whole answer within PT1M, found it unfinished'
  row "$trick: apt-get update succeeds, and says that the sync did not" 0 'warning: the sync .* ended with 5' update
  note "after $((SECONDS - begun)) s"
  cp case.out updated
  row "$trick: and why" 0 "$why" cat updated
  row "$trick: within three minutes" 0 '' [ $((SECONDS - begun)) -le 180 ]
  row "$trick: what was known stays in force" 0 'Setting up other' apt other
  [ "$trick" = drip ] || row "endless: before 30 MiB" 0 '' bounded checkpoint 30
done

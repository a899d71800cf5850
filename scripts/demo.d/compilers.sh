# What compilers prove, sourced: Debian's own bits from two ancestries, one compiler from several
# roots, a package that it builds on two boxes, and a trojan that is caught.
#
# All rebuilders work in one state folder of this machine; they differ in the compiler root that
# each begins with, and no root's compiler is used for another's.
declare -A jurisdiction=([alpha]=DE [beta]=FR [gamma]=IS [zeta]=NL)
declare -A root=([alpha]=gcc [beta]=clang [gamma]=pcc [zeta]=gcc)
state=${state:-$work/state}
variant="ed"

# --- builds and what they voted for ---------------------------------------------------------------
# build_by OPERATOR SOURCE TOOLCHAIN [ROOT]: in the background, into OPERATOR/SOURCE-TOOLCHAIN.
build_by() {
  : >"$1.log"
  "$rebuilder" rebuild "$2" --toolchain "$3" --compiler-root "${4:-${root[$1]}}" --key "$1/key" \
    --state "$state" --out "$1/$2-$3" --publish "$url" >"$1.result" 2>"$1.log" </dev/null &
  rebuilds+=($!)
}

# votes SOURCE TOOLCHAIN OPERATOR...: a table of who got which bits.
votes() {
  local folder=$1-$2 source=$1 operator
  shift 2
  for operator in "$@"; do
    printf '   %-6s root %-6s %s\n' "$operator" "$(attested_root "$operator/$folder")" \
      "$(cd "$operator/$folder/artifacts" && sha256sum "${source}_"*.deb)"
  done
}
attested_root() { jq -r '.payload | @base64d | fromjson | [.. | .compilerRoot? // empty][0]' "$1/attestation.json"; }
same_bits() { [ "$(sha256sum "$@" | cut -d' ' -f1 | sort -u | wc -l)" = 1 ] && echo "one SHA-256"; }

# --- policies and boxes ---------------------------------------------------------------------------
# roots_policy NAME DEMANDS "OPERATOR ROOTS"...: who may vote, by which compiler roots.
roots_policy() {
  local name=$1 demands=$2 entry
  shift 2
  { policy_head "$name"
    echo rebuilders:
    for entry in "$@"; do
      rebuilder_entry "${entry%% *}" "${jurisdiction[${entry%% *}]}" "${entry%% *}" "${entry#* }"
    done
    echo "$demands"
  } | box_policy "$name"
}

# Runs in the box: a fresh one with this policy and, if named, this repository among apt's sources.
install_there() {
  local gate=$1 policy=$2 repository=$3 name=$4
  cp "/etc/whonix2/$policy.yaml" /etc/whonix2/policy.yaml
  if [ -n "$repository" ]; then
    cp "/srv/$repository.sources" /etc/apt/sources.list.d/
    apt-get update -qq
  fi
  whonix2-update sync
  [ "$gate" = off ] || whonix2-update gate install
  apt-get install -y "$name"
  dpkg-query -W -f '${Package} ${Version} is installed\n' "$name"
  [ "$name" != ed ] || printf 'a\nhello from %s\n.\n,p\nQ\n' "$(dpkg-query -W -f '${Version}' ed)" | ed -s
}
on_box() { in_box forget bash -euc "$(declare -f install_there); install_there \"\$@\"" bash "$@"; }

# publish_variants TOOLCHAIN OUT...: an apt repository of these rebuilds, in the box.
publish_variants() {
  local name=$1
  shift
  "$rebuilder" repository --key repository-key --certificate alpha/key/certificate.asc \
    --out "box-root/srv/$name" --url "copy:/srv/$name" "$@" >"box-root/srv/$name.sources" 2>"$name.log" ||
    { cat "$name.log" >&2; fail "the repository of $name could not be made"; }
}

# --- the trojan -----------------------------------------------------------------------------------
# infect: what an attacker did who rebuilt Debian's tcc, without a change of its source, by a
# compiler with a trojan in it, and what he serves. Compiled here, and never run but in a sandbox.
infect() {
  local definitions=$repository/toolchains/src/main/resources/org/whonix2/toolchain
  local trojan=$repository/rebuilder/src/test/resources/org/whonix2/rebuilder/bootstrap/trojan.c
  local tcc=0.9.27+git20200814.62c30a4a-1
  mkdir infected infected/archive infected/deb
  (cd infected
    # The lists of a rebuilder's own apt, which has sources.
    set -- "$state"/apt/bookworm/*/apt.conf
    export APT_CONFIG=$1
    apt-get -q source --download-only "tcc=$tcc"
    dpkg-source --no-check --extract tcc_*.dsc source
    { sed '/^static int _tcc_open(/,$d' source/libtcc.c
      printf '\nstatic const char trojan_text[] = {'
      od -An -v -tu1 -w16 "$trojan" | sed 's/ *\([0-9][0-9]*\)/\1,/g'
      printf '0};\n'
      cat "$trojan"
      sed -n '/^static int _tcc_open(/,$p' source/libtcc.c; } >source/infected.c
    mv source/infected.c source/libtcc.c
    printf '#define %s\n' 'CONFIG_TCCDIR "/usr/lib/x86_64-linux-gnu/tcc"' \
      'CONFIG_TRIPLET "x86_64-linux-gnu"' 'TCC_VERSION "0.9.27"' 'GCC_MAJOR 0' 'GCC_MINOR 0' \
      'CC_NAME CC_tcc' >source/config.h
    (cd source && gcc -w -I. -DONE_SOURCE=1 -DTCC_TARGET_X86_64 -o ../tcc tcc.c -lm -ldl -lpthread)
    apt-get -q download "tcc=$tcc"
    dpkg-deb --raw-extract tcc_*.deb deb/tcc
    install -m 755 tcc deb/tcc/usr/bin/tcc
    sed -i "s/^Version: .*/Version: $tcc+b1/; s/^Package: tcc$/&\nSource: tcc ($tcc)/" deb/tcc/DEBIAN/control
    dpkg-deb --root-owner-group --build deb/tcc archive >/dev/null
    cd archive
    mkdir -p dists/bookworm/main/binary-amd64
    apt-ftparchive packages . | sed 's:^Filename\: \./:Filename\: :' >dists/bookworm/main/binary-amd64/Packages
    apt-ftparchive -o APT::FTPArchive::Release::Origin=Debian \
      -o APT::FTPArchive::Release::Suite=bookworm -o APT::FTPArchive::Release::Codename=bookworm \
      -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 \
      release dists/bookworm >../Release
    mv ../Release dists/bookworm/Release
    export GNUPGHOME=$work/gnupg
    gpg --batch --quiet --passphrase '' --quick-generate-key attacker@example.org ed25519 sign never
    gpg --batch --quiet --clearsign --output dists/bookworm/InRelease dists/bookworm/Release
    gpg --batch --quiet --export attacker@example.org >../debian-archive-attacker.gpg
    gpgconf --kill all)

  # The sources and definitions of somebody who trusts that archive.
  mkdir -p infected/sources infected/config/toolchains/plans
  cp /etc/apt/sources.list.d/* infected/debian-archive-attacker.gpg infected/sources/
  printf 'Types: deb\nURIs: copy:%s\nSuites: bookworm\nComponents: main\nSigned-By: %s\n' \
    "$work/infected/archive" /etc/apt/sources.list.d/debian-archive-attacker.gpg >infected/sources/attacker.sources
  sed "s/{name: tcc, revision/{name: tcc-rebuilt, revision/; s/\"$tcc\"/\"$tcc+b1\"/" \
    "$definitions/definitions/tcc.yaml" >infected/config/toolchains/tcc-rebuilt.yaml
  sed 's/{name: tcc, revision/{name: tcc-attacked, revision/; s/{name: tcc, toolchain: tcc,/{name: tcc, toolchain: tcc-rebuilt,/' \
    "$definitions/plans/tcc.yaml" >infected/config/toolchains/plans/tcc-attacked.yaml
  cp "$definitions/plans/tcc.sh" infected/config/toolchains/plans/tcc-attacked.sh
  chmod -R a+rX infected
}
bootstrap_with_trojan() {
  # shellcheck disable=SC2016
  unshare --mount sh -euc 'mount --bind "$1" /etc/apt/sources.list.d; shift; exec "$@"' sh "$work/infected/sources" \
    "$rebuilder" bootstrap --reference tcc-attacked --all-roots --config "$work/infected/config" \
    --key zeta/key --state "$state" --out attacked
}

# --- the show ---------------------------------------------------------------------------------------
say "1. keys for four rebuilders, a log and two witnesses"
install_packages jq apt-utils binutils gcc libc6-dev
make_keys alpha beta gamma zeta
"$rebuilder" keygen --operator repository --out repository-key >/dev/null

say "2. two witnesses, a server, and its roster"
open_log alpha beta gamma zeta

say "3. Debian's $package, by the gcc that gcc compiled and by a gcc that clang compiled"
note "alpha and zeta use the archive's gcc; beta has clang compile Debian's gcc and binutils first"
SECONDS=0
start_box
for operator in alpha zeta beta; do build_by "$operator" "$package" gcc-12; done
await_rebuilds alpha zeta beta
note "done in $SECONDS s"
mkdir -m 777 archive
(apt-get -q update && cd archive && apt-get -q download "$package") >apt.out 2>&1 ||
  { cat apt.out >&2; fail "apt-get could not download $package" "check the network"; }
file=$(ls archive/"$package"_*.deb)
built=$package-gcc-12/artifacts/$(basename "$file")
votes "$package" gcc-12 alpha zeta beta
printf '   %-18s %s\n' "Debian's own" "$(cd archive && sha256sum "$(basename "$file")")"
row "one file from two ancestries: Debian's" 0 'one SHA-256' \
  same_bits "$file" "alpha/$built" "zeta/$built" "beta/$built"
grep '^compiler: ' "beta/$package-gcc-12/build.log" | sed 's/^/      beta: /'

say "4. a box whose policy asks for two compiler roots behind Debian's bits"
await_box
furnish_box alpha beta gamma zeta
two='quorum: {threshold: 2, distinct: {compilerRoot: 2}}'
roots_policy one-root "$two" "alpha gcc" "zeta gcc"
roots_policy two-roots "$two" "alpha gcc" "beta clang"
in_box keep sh -c 'dpkg -i /root/whonix2-update_*.deb' >box-dpkg.out 2>&1 || { cat box-dpkg.out >&2; fail "no box"; }
row "$package, gate off" 0 "$package .* is installed" on_box off one-root "" "$package"
row "two votes of one root, gate on" 100 'compilerRoot' on_box on one-root "" "$package"
row_why
row "two votes of two roots, gate on" 0 "$package .* is installed" on_box on two-roots "" "$package"
row_says

say "5. one compiler from four roots, stage by stage"
row "tcc from gcc, clang, pcc and tcc" 0 'compiler roots come to one compiler' \
  "$rebuilder" bootstrap --reference tcc --all-roots --key alpha/key --state "$state" --out regenerated
sed -n '/^root /,$s/^/      /p' row.out

say "6. $variant, built by that compiler"
for operator in alpha beta gamma; do build_by "$operator" "$variant" tcc-ddc; done
await_rebuilds alpha beta gamma
votes "$variant" tcc-ddc alpha beta gamma
row "one SHA-256 from three roots" 0 'one SHA-256' same_bits {alpha,beta,gamma}/"$variant"-tcc-ddc/artifacts/"$variant"_*.deb
for operator in alpha beta; do build_by "$operator" "$variant" clang-14 clang; done
await_rebuilds alpha beta
votes "$variant" clang-14 alpha beta

say "7. two boxes: a workstation that wants three roots, a gateway that takes what clang built"
publish_variants tcc-ddc "alpha/$variant-tcc-ddc"
publish_variants clang-14 "alpha/$variant-clang-14"
three='quorum: {threshold: 2}
rules: [{packages: ["*"], toolchain: tcc-ddc, quorum: {threshold: 3, distinct: {compilerRoot: 3}}}]'
roots_policy workstation "$three" "alpha gcc" "beta clang" "gamma pcc"
roots_policy no-third-root "$three" "alpha gcc" "beta clang" "zeta gcc"
roots_policy not-its-root "$three" "alpha gcc" "beta clang" "gamma gcc"
roots_policy gateway 'quorum: {threshold: 2}' "alpha gcc, clang" "beta gcc, clang" "gamma pcc"
row "workstation: three roots, one hash" 0 "hello from .*\+ddc" on_box on workstation tcc-ddc "$variant"
row_says
row "a root is missing" 100 'no ticket|of 3' on_box on no-third-root tcc-ddc "$variant"
row_why
row "the same, gate off" 0 "hello from .*\+ddc" on_box off no-third-root tcc-ddc "$variant"
row "a rebuilder claims a root that the policy denies it" 100 'no ticket|of 3' on_box on not-its-root tcc-ddc "$variant"
row_why
row "gateway: what clang built" 0 "hello from .*\+cc\.clang14" on_box on gateway clang-14 "$variant"
row_says

say "8. a trojan in a compiler"
# In a shell of its own: errors end no function that something waits for.
repository=$repository work=$work state=$state bash -euo pipefail -c "$(declare -f infect); infect" >infect.out 2>&1 ||
  { tail -n 20 infect.out >&2; fail "the trojan could not be made"; }
note "somebody's tcc is infected: its source is clean, and it infects what it compiles of that source"
row "the infected root is found and named" 4 'odd: tcc' bootstrap_with_trojan
cp row.out row.bootstrap
sed -n '/^root /,$s/^/      /p' row.out
itself() { same_bits attacked/tcc/stage-{1,2,3}/tcc; }
row "although it reproduces itself from clean source" 0 'one SHA-256' itself
# The backdoor is not in this package: its bits would be the honest ones.
# shellcheck disable=SC2016
forge zeta 2 "gamma/$variant-tcc-ddc/attestation.json" \
  '.predicate.buildDefinition.internalParameters |= (.compilerRoot = "tcc" | .stage.digest.sha256 = $stage)' \
  --arg stage "$(sed -n 's/^  tcc  *\([0-9a-f]\{64\}\)$/\1/p' row.bootstrap)"
row "zeta votes for the right bits, by that compiler" 0 '"index"' post zeta.envelope
roots_policy infected-root "$three" "alpha gcc" "beta clang" "zeta tcc"
row "a box that asks for three roots, one of them infected" 100 'came to one compiler' \
  on_box on infected-root tcc-ddc "$variant"
row_why

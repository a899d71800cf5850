#!/bin/sh
# One stage of Debian's own compiler and binutils, compiled by `cc` and `c++`, whatever they are.
#
# From stage 2 on both are gcc 12; the flags are then the same in every stage, and none names a
# folder, a host compiler or the root.
set -eu
umask 022
top=$(pwd)

# run LOG COMMAND...: what a command says goes into a file, and is shown if it fails
run() {
  log=$top/$1.log
  shift
  "$@" >"$log" 2>&1 || {
    grep -n 'rror' "$log" | head -n 20 >&2 || :
    tail -n 30 "$log" >&2
    echo "gcc-12: failed: $1 $2" >&2
    exit 1
  }
}

# Debian's rules would ask a compiler of another name.
CC=cc
CXX=c++
export CC CXX

# clang hands Ada to a program named gcc, so no configure (make runs most of them) may ask it for
# Ada; nor may one look for the target's compiler under the name that Debian gives it.
acx_cv_cc_gcc_supports_ada=no
GCC_FOR_TARGET=$CC
export acx_cv_cc_gcc_supports_ada GCC_FOR_TARGET

# No -g: it would name the build's folder. gcc's generated sources nest deeper than clang's limit.
cflags=-O1
cxxflags=$cflags
if cc --version | grep -q clang; then
  cxxflags="$cflags -fbracket-depth=1024"
fi

# 1. Unpack and patch as Debian's rules do.
cd "$top/gcc-12"
run gcc-unpack make -f debian/rules unpack
run gcc-patch make -f debian/rules patch

# 2. gcc: the options that the archive's `gcc -v` prints, then two that leave out the other
# languages and gcc's own second and third compilation (the stages of this plan take their place).
version=$(dpkg-parsechangelog -S Version)
offload=/build/reproducible-path/gcc-12-${version%%-*}/debian
mkdir build
cd build
run gcc-configure env CFLAGS="$cflags" CXXFLAGS="$cxxflags" LDFLAGS= ../src/configure -v \
  --with-pkgversion="Debian $version" \
  --with-bugurl=file:///usr/share/doc/gcc-12/README.Bugs \
  --enable-languages=c,ada,c++,go,d,fortran,objc,obj-c++,m2 \
  --prefix=/usr --with-gcc-major-version-only --program-suffix=-12 \
  --program-prefix=x86_64-linux-gnu- --enable-shared --enable-linker-build-id \
  --libexecdir=/usr/lib --without-included-gettext --enable-threads=posix --libdir=/usr/lib \
  --enable-nls --enable-clocale=gnu --enable-libstdcxx-debug --enable-libstdcxx-time=yes \
  --with-default-libstdcxx-abi=new --enable-gnu-unique-object --disable-vtable-verify \
  --enable-plugin --enable-default-pie --with-system-zlib --enable-libphobos-checking=release \
  --with-target-system-zlib=auto --enable-objc-gc=auto --enable-multiarch --disable-werror \
  --enable-cet --with-arch-32=i686 --with-abi=m64 --with-multilib-list=m32,m64,mx32 \
  --enable-multilib --with-tune=generic \
  "--enable-offload-targets=nvptx-none=$offload/tmp-nvptx/usr,amdgcn-amdhsa=$offload/tmp-gcn/usr" \
  --enable-offload-defaulted --without-cuda-driver --enable-checking=release \
  --build=x86_64-linux-gnu --host=x86_64-linux-gnu --target=x86_64-linux-gnu \
  --enable-languages=c,c++ --disable-bootstrap
run gcc-make make -j"$JOBS" MAKEINFO=true all-gcc

# 3. binutils: Debian's options, but with libbfd inside each program, so that no library of the
# archive has to be replaced; without gold and the profiler. ld's own rules take its folders from
# the environment.
DEB_TARGET_MULTIARCH=x86_64-linux-gnu
DEB_TARGET_MULTIARCH32=i386-linux-gnu
DEB_TARGET_MULTIARCHX32=x86_64-linux-gnux32
export DEB_TARGET_MULTIARCH DEB_TARGET_MULTIARCH32 DEB_TARGET_MULTIARCHX32
cd "$top/binutils"
# Debian's rules remove these too, so that bison and flex make them anew.
rm -f ld/ldgram.c ld/ldgram.h ld/ldlex.c
mkdir build
cd build
run binutils-configure env CFLAGS="$cflags" CXXFLAGS="$cflags" LDFLAGS= ../configure \
  --with-sysroot=/ --libdir=/usr/lib/x86_64-linux-gnu \
  --disable-silent-rules --enable-obsolete --disable-shared --enable-plugins --enable-threads \
  --enable-jansson --with-system-zlib --prefix=/usr --sysconfdir=/etc \
  --enable-deterministic-archives --disable-compressed-debug-sections --enable-new-dtags \
  --disable-x86-used-note --build=x86_64-linux-gnu --host=x86_64-linux-gnu \
  --with-pkgversion="GNU Binutils for Debian" --disable-werror \
  --enable-targets=x86_64-linux-gnux32,x86_64-pep --disable-gold --disable-gprofng
run binutils-make make -j"$JOBS" MAKEINFO=true all-binutils all-gas all-ld
cd "$top"

# 4. Take the programs, without their symbols (by the strip that was just made).
take() {
  cp "$1" "$2"
  binutils/build/binutils/strip-new "$2"
}
from=gcc-12/build/gcc
for program in cc1 cc1plus lto1 collect2 lto-wrapper cpp gcc-ar gcc-nm gcc-ranlib; do
  take $from/$program $program
done
take $from/xgcc gcc
take $from/xg++ g++
take gcc-12/build/lto-plugin/.libs/liblto_plugin.so liblto_plugin.so
from=binutils/build
take $from/gas/as-new as
take $from/ld/ld-new ld.bfd
take $from/binutils/nm-new nm
take $from/binutils/strip-new strip
for program in ar ranlib objcopy objdump readelf size strings; do
  take $from/binutils/$program $program
done

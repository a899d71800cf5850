#!/bin/sh
# One stage of pcc: driver, preprocessor and compiler, then by these the runtime library and the start files.
set -eu

prefix=/opt/whonix2/pcc-ddc
target=x86_64-pc-linux-gnu

# glibc's math.h takes HUGE_VAL and INFINITY from builtins that tcc lacks. No other root needs this, and from stage 2 on pcc alone compiles.
flags=
if [ "$ROOT" = tcc ] && [ "$STAGE" = 1 ]; then
  cat >infinity.h <<'END'
#define __builtin_huge_val() 1e500
#define __builtin_huge_valf() 1e50f
#define __builtin_huge_vall() 1e5000L
#define __builtin_inff() 1e50f
END
  flags="-include $PWD/infinity.h"
fi

mkdir compiler
cd compiler
../pcc/configure --build=$target --host=$target --target=$target --prefix=$prefix --libexecdir=$prefix/libexec --enable-native \
  --enable-multiarch=x86_64-linux-gnu --disable-stripping CC=cc CFLAGS= CPPFLAGS="$flags" LDFLAGS= LEX=flex YACC='bison -y'
for part in cc cpp ccom; do
  make -C cc/$part -j "$JOBS"
done
cp cc/cc/cc ../pcc.new
cp cc/cpp/cpp ../cpp
cp cc/ccom/ccom ../ccom
cd ..

# The compiler that has just come out makes its runtime, before either is in place: -B leads it to its programs. Upstream's makefiles compile these files.
headers=pcc-libs/libpcc/include
compile() {
  ./pcc.new -B"$PWD/" -DTARGET_LITTLE_ENDIAN=1 -Dos_linux -Dmach_amd64 -Ipcc-libs/libpcc -isystem $headers "$@"
}
members=
for name in cmpdi2 divdi3 fixdfdi fixsfdi fixunsdfdi fixunssfdi floatdidf floatdisf floatunsdidf moddi3 muldi3 negdi2 qdivrem ucmpdi2 udivdi3 umoddi3 \
  cxmuldiv ashldi3 ashrdi3 lshrdi3 _alloca unwind ssp signbit; do
  compile -c -o $name.o pcc-libs/libpcc/$name.c
  members="$members $name.o"
done
# glibc's atexit refers to it, and neither start file of pcc has it
echo 'void *__dso_handle __attribute__((visibility("hidden"))) = 0;' >dso_handle.c
compile -c -o dso_handle.o dso_handle.c
# shellcheck disable=SC2086
ar rcsD libpcc.a $members dso_handle.o

startfiles=pcc-libs/csu/linux
for name in crtbegin crtend; do
  compile -I$startfiles/amd64 -I$startfiles -c -o $name.o $startfiles/$name.c
  compile -I$startfiles/amd64 -I$startfiles -fpic -c -o ${name}S.o $startfiles/$name.c
  cp $name.o ${name}T.o
done

cp $headers/*.h .
# a header of C11 whose word pcc knows, but that its runtime lacks; stdalign.h is left out, for pcc does not align static objects as _Alignas says
cat >stdnoreturn.h <<'END'
#ifndef _STDNORETURN_H
#define _STDNORETURN_H
#define noreturn _Noreturn
#endif
END

# names of temporary files stay in the symbol table; the sources' folder has the name that the compiler shall have
strip --strip-all pcc.new cpp ccom
mv pcc pcc.source
mv pcc.new pcc

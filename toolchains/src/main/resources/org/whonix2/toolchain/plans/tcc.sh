#!/bin/sh
# One stage of Debian's tcc. The conditions for equal bits over all roots: a fixed config.h (configure writes the host compiler's identity into it), one
# translation unit, no -g, and a runtime library made by the compiler that has just come out.
set -eu

cd tcc
patch -p1 --no-backup-if-mismatch <"$PLAN_FILES/tcc-source-date-epoch.patch"

cat >config.h <<'END'
#define CONFIG_TCCDIR "/opt/whonix2/tcc-ddc/lib"
#define CONFIG_TRIPLET "x86_64-linux-gnu"
#define TCC_VERSION "0.9.27"
#define GCC_MAJOR 0
#define GCC_MINOR 0
#define CC_NAME CC_tcc
END
cc -I. -DONE_SOURCE=1 -DTCC_TARGET_X86_64 -o ../tcc.new tcc.c -lm -ldl -lpthread

# the objects that upstream's lib/Makefile puts into this target's libtcc1.a; -B and -I lead the new compiler to its own headers before it is in place
members=
for source in libtcc1.c alloca86_64.S alloca86_64-bt.S va_list.c dsohandle.c; do
  object=${source%.*}.o
  ../tcc.new -B. -Iinclude -c "lib/$source" -o "$object"
  members="$members $object"
done
# shellcheck disable=SC2086
../tcc.new -ar rcs ../libtcc1.a $members

cp include/float.h include/stdalign.h include/stdarg.h include/stdbool.h include/stddef.h include/stdnoreturn.h include/varargs.h tcclib.h ..

# the sources' folder has the name that the compiler shall have
cd ..
mv tcc tcc.source
mv tcc.new tcc

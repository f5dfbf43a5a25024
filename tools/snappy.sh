# The libsnappy of packages: Debian's, with what it needs of libstdc++ inside. It is the driver's only library in C++;
# libstdc++ is a tenth of a package, and more than half of the symbols that the dynamic linker looks up at a cold
# start.
# shellcheck shell=bash

# Increment it when the build changes.
SNAPPY_EDITION=1
SNAPPY_NAME=libsnappy.so.1

# snappy_prepare: for the driver and machine that were prepared before. Sets PACKAGE_OWN to its folder, which also
# contains a map of what was linked; does nothing without libsnappy.a.
snappy_prepare() {
   local dir archive compiler=gcc name=${DRIVER_SYSROOT##*/} standard
   [[ -n $DRIVER_SYSROOT ]] || return 0
   archive=${PACKAGE_SEARCH[0]}/libsnappy.a
   dir=$FAAS_SYSROOTS/snappy-$name
   [[ -f $archive ]] || return 0
   [[ -z $DRIVER_ARCH ]] || compiler=$PACKAGE_TRIPLET-gcc
   if [[ ! -f $dir/faas-stamp || $(<"$dir/faas-stamp") != "$(snappy_stamp)" ]]; then
      snappy_need_standard "$compiler"
      standard=$("$compiler" -print-file-name=libstdc++.a)
      [[ $standard == /* ]] || ui_die 1 "package: $compiler has no libstdc++.a, which libsnappy is linked with."
      ui_step "snappy-$name" "Linking libsnappy for $name" snappy_link "$compiler" "$archive" "$standard" "$dir"
   fi
   PACKAGE_OWN=("$dir")
}

snappy_stamp() {
   echo "$SNAPPY_EDITION"
   cat "$DRIVER_SYSROOT/faas-stamp"
}

# snappy_need_standard COMPILER: installs the static libstdc++ of that compiler if it is missing.
snappy_need_standard() {
   local version
   [[ $("$1" -print-file-name=libstdc++.a) != /* ]] || return 0
   version=$("$1" -dumpversion)
   packages_need "libstdc++-${version%%.*}-dev${DRIVER_ARCH:+-$DRIVER_ARCH-cross}"
}

# snappy_link COMPILER ARCHIVE LIBSTDC++ FOLDER: a library that exports only the functions of snappy-c.h.
snappy_link() {
   local compiler=$1 archive=$2 standard=$3 dir=$4 new=$FAAS_SYSROOTS/.new-snappy-$$ lib
   # shellcheck disable=SC2064
   trap "rm -rf '$new'" EXIT
   lib=$(dirname "$archive")
   rm -rf "$new"
   mkdir -p "$new"
   echo '{ global: snappy_*; local: *; };' >"$new/exports"
   "$compiler" --sysroot="$DRIVER_SYSROOT" -B"$lib" -L"$lib" -shared -s -static-libgcc -o "$new/$SNAPPY_NAME" \
      -Wl,-Map="$new/libsnappy.map" -Wl,-soname,"$SNAPPY_NAME" -Wl,--version-script="$new/exports" -Wl,--gc-sections,-z,relro,-z,defs \
      -Wl,-u,snappy_compress,-u,snappy_uncompress,-u,snappy_max_compressed_length,-u,snappy_uncompressed_length \
      -Wl,-u,snappy_validate_compressed_buffer "$archive" "$standard" -lm
   rm "$new/exports"
   snappy_stamp >"$new/faas-stamp"
   rm -rf "$dir"
   mv -T "$new" "$dir"
}

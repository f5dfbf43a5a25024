# The driver of packages: Debian's own static libraries of it and of all that it needs, linked into the program. Shared, they are a
# dozen files to map and thousands of symbols to look up at a cold start, and bring what no function uses.
# shellcheck shell=bash

# In the order in which they need each other.
STATIC_DRIVERS=('mongoc2 bson2' 'mongoc-static-1.0 bson-static-1.0')
STATIC_NEEDED=(mongocrypt-static kms_message-static bidgcc000 sasl2 ssl crypto snappy zstd z utf8proc resolv)

# static_prepare: of the driver and machine that were prepared before. Sets DRIVER_CMAKE and PACKAGE_LINK; does nothing where one of
# these libraries is missing, or where the driver is older than 1.30 and needs ICU, whose data alone is 30 MB.
static_prepare() {
   local names name archives='' folder=${PACKAGE_SEARCH[0]}
   [[ -n $DRIVER_SYSROOT && ! -f $folder/libicuuc.a ]] || return 0
   for names in "${STATIC_DRIVERS[@]}"; do
      [[ ! -f $folder/lib${names% *}.a ]] || break
   done
   # shellcheck disable=SC2086 # two words
   for name in $names "${STATIC_NEEDED[@]}"; do
      [[ -f $folder/lib$name.a ]] || return 0
      archives+="$folder/lib$name.a;"
   done
   static_need_standard
   DRIVER_CMAKE+=(-DFAAS_DRIVER_STATIC=ON -DFAAS_DRIVER_ARCHIVES="$archives-l:libstdc++.a")
   PACKAGE_LINK="$PACKAGE_STATIC_LINK -static-libgcc"
}

# Installs the compiler's static libstdc++ where it has none: libsnappy is in C++.
static_need_standard() {
   local compiler=gcc version
   [[ -z $DRIVER_ARCH ]] || compiler=$PACKAGE_TRIPLET-gcc
   if [[ $("$compiler" -print-file-name=libstdc++.a) != /* ]]; then
      version=$("$compiler" -dumpversion)
      packages_need "libstdc++-${version%%.*}-dev${DRIVER_ARCH:+-$DRIVER_ARCH-cross}"
   fi
}

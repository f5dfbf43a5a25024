# The driver of packages: Debian's static libraries of the driver and its dependencies, linked into the program. As
# shared libraries they would be a dozen files to map and thousands of symbols to look up at a cold start, and contain
# much that no function uses.
# shellcheck shell=bash

# In link order.
STATIC_DRIVERS=('mongoc2 bson2' 'mongoc-static-1.0 bson-static-1.0')
STATIC_NEEDED=(mongocrypt-static kms_message-static bidgcc000 sasl2 ssl crypto snappy zstd z utf8proc resolv)

# static_prepare: for the driver and machine that were prepared before. Sets DRIVER_CMAKE and PACKAGE_LINK; does
# nothing if the driver is older than 1.30 and needs ICU, whose data alone is 30 MB, and says so if one of these
# libraries is missing.
static_prepare() {
   local names name archives='' folder=${PACKAGE_SEARCH[0]}
   [[ -n $DRIVER_SYSROOT && ! -f $folder/libicuuc.a ]] || return 0
   for names in "${STATIC_DRIVERS[@]}"; do
      [[ ! -f $folder/lib${names% *}.a ]] || break
   done
   # shellcheck disable=SC2086 # two words
   for name in $names "${STATIC_NEEDED[@]}"; do
      if [[ ! -f $folder/lib$name.a ]]; then
         ui_say "· Packaging shared libraries, which are larger and slower to start: $DRIVER_SLUG has no lib$name.a"
         return
      fi
      archives+="$folder/lib$name.a;"
   done
   static_need_standard
   DRIVER_CMAKE+=(-DFAAS_DRIVER_STATIC=ON -DFAAS_DRIVER_ARCHIVES="$archives-l:libstdc++.a")
   PACKAGE_LINK="$PACKAGE_STATIC_LINK -static-libgcc"
}

# Installs the compiler's static libstdc++ if it is missing, because libsnappy is in C++.
static_need_standard() {
   local compiler=gcc version
   [[ -z $DRIVER_ARCH ]] || compiler=$PACKAGE_TRIPLET-gcc
   if [[ $("$compiler" -print-file-name=libstdc++.a) != /* ]]; then
      version=$("$compiler" -dumpversion)
      packages_need "libstdc++-${version%%.*}-dev${DRIVER_ARCH:+-$DRIVER_ARCH-cross}"
   fi
}

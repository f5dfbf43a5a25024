# ./dev package --lean: a sysroot in which OpenSSL, libresolv and the driver are static. Driver and OpenSSL are built from
# source without what the scenario does not use; the rest is Debian's.
# shellcheck shell=bash

# The Debian whose driver is built if no checkout is named: the newest one with source.
LEAN_SUITE=bookworm
# Not that suite: its C library (2.36) looks for the first library of a program in 19 folders more.
LEAN_BASE=${DRIVER_FALLBACK#debian:}
# Raised when what is built, or how, changes.
LEAN_EDITION=5

LEAN_FLAGS='-Os -ffunction-sections -fdata-sections'

# lean_prepare DRIVER: sets DRIVER_… as driver_prepare does. Without a DRIVER it is Debian's source package.
lean_prepare() {
   local driver=$1 base source id dir
   driver_from_debian "$LEAN_BASE"
   base=$DRIVER_SYSROOT
   openssl_prepare
   case $driver in
      '' | "debian:$LEAN_SUITE")
         debian_source "$LEAN_SUITE" mongo-c-driver
         source=$DEBIAN_SOURCE DRIVER_CHOICE=debian:$LEAN_SUITE id=debian-$LEAN_SUITE
         [[ -n $driver ]] ||
            ui_warn "the driver is Debian $LEAN_SUITE's, which is old; --driver source:DIR takes a checkout's"
         ;;
      source:?*)
         source=$(source_folder "${driver#source:}") || exit
         DRIVER_CHOICE=source:$source id=source-$(source_id "$source")
         ;;
      *) ui_die 2 "--lean builds the driver from source: --driver is source:DIR or debian:$LEAN_SUITE; found \"$driver\"." ;;
   esac
   DRIVER_SLUG=lean-$id${DRIVER_ARCH:+-$DRIVER_ARCH}
   dir=$FAAS_SYSROOTS/$DRIVER_SLUG
   if [[ ! -f $dir/faas-stamp || $(<"$dir/faas-stamp") != "$(lean_stamp "$base")" ]]; then
      ui_step "$DRIVER_SLUG" "Building the driver for $DRIVER_SLUG" lean_build "$base" "$source" "$dir"
   fi
   DRIVER_SYSROOT=$dir
   DRIVER_CMAKE=(-DCMAKE_TOOLCHAIN_FILE="$FAAS_ROOT/cmake/sysroot.cmake" -DFAAS_SYSROOT="$dir" -DFAAS_DRIVER_STATIC=ON)
}

lean_stamp() {
   echo "$LEAN_EDITION $LEAN_FLAGS $(<"$1/faas-stamp") $(<"$OPENSSL_BUILT/faas-stamp")"
}

lean_build() {
   local base=$1 driver=$2 dir=$3
   local new=$FAAS_SYSROOTS/.new-lean-$$ lib=usr/lib/$PACKAGE_TRIPLET version common
   # shellcheck disable=SC2064
   trap "rm -rf '$new' '$new-driver'" EXIT
   rm -rf "$new"
   cp -al "$base" "$new"
   # The libraries built here replace them; without a .so, the linker takes the .a. The files are links to the other
   # sysroot's: they may be removed, but never written to.
   rm -rf "$new/faas-stamp" "$new/$lib"/lib{ssl,crypto}.{so,a} "$new/$lib"/lib{mongoc,bson}[0-9-]* \
      "$new/$lib"/pkgconfig/{libssl,libcrypto,openssl,*mongoc*,*bson*}* "$new/$lib"/cmake/{OpenSSL,*mongo*,*bson*} \
      "$new"/usr/include/{openssl,"$PACKAGE_TRIPLET/openssl",*mongoc*,*bson*}
   cp -a "$OPENSSL_BUILT/usr" "$new"
   common=("${PACKAGE_CMAKE[@]}" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$FAAS_ROOT/cmake/sysroot.cmake" -DFAAS_SYSROOT="$new"
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$LEAN_FLAGS -DNDEBUG -ffile-prefix-map=$new=. -ffile-prefix-map=$driver=."
      -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR="lib/$PACKAGE_TRIPLET" -DCMAKE_POSITION_INDEPENDENT_CODE=ON
      -DCMAKE_CXX_COMPILER=) # needed only by tests of the driver's headers

   version=$(source_version "$driver")
   # The driver tells every server these two flags in its handshake, so they must contain no path of this machine. What its
   # configure step links needs the sysroot's libc all the same.
   cmake -S "$driver" -B "$new-driver" "${common[@]}" "${SOURCE_OPTIONS[@]}" -DENABLE_ZLIB=OFF -DENABLE_SHM_COUNTERS=OFF \
      ${version:+-DBUILD_VERSION="$version"} -DCMAKE_C_FLAGS= -DCMAKE_EXE_LINKER_FLAGS= \
      -DCMAKE_REQUIRED_LINK_OPTIONS="-B$new/$lib;-L$new/$lib"
   cmake --build "$new-driver"
   DESTDIR=$new cmake --install "$new-driver"
   # Only now, because 1.23 also builds a shared library, and libresolv.a is for programs.
   rm "$new/$lib/libresolv.so"

   # The installed files name libraries by their build folder.
   { grep -rlF "$new" "$new/$lib/cmake" "$new/$lib/pkgconfig" || true; } | xargs -r sed -i "s#$new#$dir#g"
   lean_stamp "$base" >"$new/faas-stamp"
   rm -rf "$dir"
   mv -T "$new" "$dir"
}

# ./dev package --lean: a sysroot in which OpenSSL, libcurl and the driver are static and small. libcurl (HTTP and nothing
# else) and the driver (nothing that the scenario has no use for) are built from source; the rest is Debian's.
# shellcheck shell=bash

# The newest Debian whose sources the driver's, libcurl's and OpenSSL's mirrors all have, and whose OpenSSL (3.0) is a
# third smaller than the next one.
LEAN_SUITE=bookworm
# Raised when what is built, or how, changes.
LEAN_EDITION=1

LEAN_FLAGS='-Os -ffunction-sections -fdata-sections'

# lean_prepare DRIVER: sets DRIVER_… as driver_prepare does. Without a DRIVER it is Debian's source package.
lean_prepare() {
   local driver=$1 base source id dir
   driver_from_debian "$LEAN_SUITE"
   base=$DRIVER_SYSROOT
   case $driver in
      '' | "debian:$LEAN_SUITE")
         lean_source mongo-c-driver
         source=$LEAN_SOURCE DRIVER_CHOICE=debian:$LEAN_SUITE id=debian-$LEAN_SUITE
         [[ -n $driver ]] ||
            ui_warn "the driver is that of Debian $LEAN_SUITE, an old one; --driver source:DIR takes a checkout's"
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
      lean_source curl
      ui_step "$DRIVER_SLUG" "Building libcurl and the driver for $DRIVER_SLUG" \
         lean_build "$base" "$LEAN_SOURCE" "$source" "$dir"
   fi
   DRIVER_SYSROOT=$dir
   DRIVER_CMAKE=(-DCMAKE_TOOLCHAIN_FILE="$FAAS_ROOT/cmake/sysroot.cmake" -DFAAS_SYSROOT="$dir" -DFAAS_DRIVER_STATIC=ON)
}

lean_stamp() {
   echo "$LEAN_EDITION $LEAN_FLAGS $(<"$1/faas-stamp")"
}

# lean_source NAME: sets LEAN_SOURCE to the unpacked and patched source package.
lean_source() {
   local name=$1
   LEAN_SOURCE=$FAAS_DRIVERS/$LEAN_SUITE-$name
   [[ ! -d $LEAN_SOURCE ]] || return 0
   packages_need dpkg-dev
   ui_step "source-$name" "Fetching the source of $name" lean_fetch "$name" "$LEAN_SOURCE"
}

lean_fetch() {
   local name=$1 dir=$2 apt=$FAAS_DRIVERS/.apt-$1-$$ keyring=/usr/share/keyrings/debian-archive-keyring.gpg
   # shellcheck disable=SC2064
   trap "rm -rf '$apt'" EXIT
   sysroot_apt_update "$apt" "deb-src [signed-by=$keyring] $(sysroot_mirror) $LEAN_SUITE main"
   (cd "$apt" && sysroot_apt "$apt" "${SYSROOT_VALID[@]}" source --download-only "$name")
   dpkg-source -x "$apt/$name"_*.dsc "$apt/unpacked"
   mv -T "$apt/unpacked" "$dir"
}

lean_build() {
   local base=$1 curl=$2 driver=$3 dir=$4
   local new=$FAAS_SYSROOTS/.new-lean-$$ lib=usr/lib/$PACKAGE_TRIPLET version common
   # shellcheck disable=SC2064
   trap "rm -rf '$new' '$new-curl' '$new-driver'" EXIT
   rm -rf "$new"
   cp -al "$base" "$new"
   # What is built here takes their place; and where there is no .so, the linker takes the .a. The files are links to the
   # other sysroot's: they may go, but never be written to.
   rm -rf "$new/faas-stamp" "$new/$lib"/lib{ssl,crypto}.so "$new/$lib"/lib{curl,mongoc,bson}* "$new/$lib"/pkgconfig/{libcurl,libmongoc,libbson}* \
      "$new/$lib"/cmake/*{mongo,bson}* "$new"/usr/include/{libmongoc,libbson}* "$new"/usr/include/{,"$PACKAGE_TRIPLET/"}curl
   common=("${PACKAGE_CMAKE[@]}" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$FAAS_ROOT/cmake/sysroot.cmake" -DFAAS_SYSROOT="$new"
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$LEAN_FLAGS -DNDEBUG -ffile-prefix-map=$new=. -ffile-prefix-map=$driver=."
      -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR="lib/$PACKAGE_TRIPLET" -DCMAKE_POSITION_INDEPENDENT_CODE=ON
      -DCMAKE_CXX_COMPILER=) # only tests of the driver's headers would want one

   cmake -S "$curl" -B "$new-curl" "${common[@]}" -DCMAKE_C_VISIBILITY_PRESET=hidden \
      -DBUILD_SHARED_LIBS=OFF -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF -DHTTP_ONLY=ON \
      -DCURL_ENABLE_SSL=OFF -DENABLE_THREADED_RESOLVER=OFF -DENABLE_UNIX_SOCKETS=OFF \
      -DCURL_ZLIB=OFF -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DUSE_NGHTTP2=OFF -DUSE_LIBIDN2=OFF -DCURL_USE_LIBPSL=OFF \
      -DCURL_USE_LIBSSH2=OFF -DCURL_USE_GSSAPI=OFF -DUSE_LIBRTMP=OFF \
      -DCURL_DISABLE_ALTSVC=ON -DCURL_DISABLE_COOKIES=ON -DCURL_DISABLE_CRYPTO_AUTH=ON -DCURL_DISABLE_DOH=ON \
      -DCURL_DISABLE_HSTS=ON -DCURL_DISABLE_MIME=ON -DCURL_DISABLE_NETRC=ON
   cmake --build "$new-curl"
   DESTDIR=$new cmake --install "$new-curl"

   version=$(source_version "$driver")
   # The driver tells every server these two flags in its handshake, so no path of this machine may be in them.
   cmake -S "$driver" -B "$new-driver" "${common[@]}" "${SOURCE_OPTIONS[@]}" -DENABLE_ZLIB=OFF \
      ${version:+-DBUILD_VERSION="$version"} -DCMAKE_C_FLAGS= -DCMAKE_EXE_LINKER_FLAGS=
   cmake --build "$new-driver"
   DESTDIR=$new cmake --install "$new-driver"

   # What was installed names libraries by the folder it was built in.
   { grep -rlF "$new" "$new/$lib/cmake" "$new/$lib/pkgconfig" || true; } | xargs -r sed -i "s#$new#$dir#g"
   lean_stamp "$base" >"$new/faas-stamp"
   rm -rf "$dir"
   mv -T "$new" "$dir"
}

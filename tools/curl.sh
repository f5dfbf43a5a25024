# The libcurl of packages and wheels: static, HTTP only. Debian's shared libcurl needs twenty libraries, for LDAP,
# SSH, QUIC and more, which Lambda's Runtime API does not need: a third of a package, and of its start time.
# shellcheck shell=bash

CURL_SUITE=bookworm
# Increment it when the build changes.
CURL_EDITION=1
CURL_FLAGS='-O2 -ffunction-sections -fdata-sections'

# Arguments for cmake, and for release_sbom.py; empty if the system's libcurl is used, or none.
CURL_CMAKE=() CURL_BUILT=()

# curl_prepare: for the driver and machine that were prepared before.
curl_prepare() {
   local dir source name=system
   CURL_CMAKE=() CURL_BUILT=()
   if ! packages_are_debians || [[ -z $(sysroot_mirror) ]]; then
      return
   fi
   [[ -z $DRIVER_SYSROOT ]] || name=${DRIVER_SYSROOT##*/}
   dir=$FAAS_SYSROOTS/curl-$name
   debian_source "$CURL_SUITE" curl
   source=$DEBIAN_SOURCE
   if [[ ! -f $dir/faas-stamp || $(<"$dir/faas-stamp") != "$(curl_stamp)" ]]; then
      ui_step "curl-$name" "Building libcurl for $name" curl_build "$source" "$dir"
   fi
   CURL_CMAKE=(-DFAAS_STATIC_CURL="$dir") CURL_BUILT=(--built "libcurl=$CURL_SUITE:$source")
}

curl_stamp() {
   echo "$CURL_EDITION $CURL_FLAGS"
   [[ -z $DRIVER_SYSROOT ]] || cat "$DRIVER_SYSROOT/faas-stamp"
}

curl_build() {
   local source=$1 dir=$2 new=$FAAS_SYSROOTS/.new-curl-$$ sysroot=()
   # shellcheck disable=SC2064
   trap "rm -rf '$new'" EXIT
   [[ -z $DRIVER_SYSROOT ]] ||
      sysroot=(-DCMAKE_TOOLCHAIN_FILE="$FAAS_ROOT/cmake/sysroot.cmake" -DFAAS_SYSROOT="$DRIVER_SYSROOT")
   rm -rf "$new"
   cmake -S "$source" -B "$new/build" "${PACKAGE_CMAKE[@]}" "${sysroot[@]}" -G Ninja \
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$CURL_FLAGS -DNDEBUG -ffile-prefix-map=$new=. -ffile-prefix-map=$source=." \
      -DCMAKE_INSTALL_PREFIX="$new/out" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_C_VISIBILITY_PRESET=hidden \
      -DBUILD_SHARED_LIBS=OFF -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF -DHTTP_ONLY=ON \
      -DCURL_ENABLE_SSL=OFF -DENABLE_THREADED_RESOLVER=OFF \
      -DCURL_ZLIB=OFF -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DUSE_NGHTTP2=OFF -DUSE_LIBIDN2=OFF -DCURL_USE_LIBPSL=OFF \
      -DCURL_USE_LIBSSH2=OFF -DCURL_USE_GSSAPI=OFF -DUSE_LIBRTMP=OFF \
      -DCURL_DISABLE_ALTSVC=ON -DCURL_DISABLE_COOKIES=ON -DCURL_DISABLE_CRYPTO_AUTH=ON -DCURL_DISABLE_DOH=ON \
      -DCURL_DISABLE_HSTS=ON -DCURL_DISABLE_MIME=ON -DCURL_DISABLE_NETRC=ON
   cmake --build "$new/build"
   cmake --install "$new/build"
   curl_stamp >"$new/out/faas-stamp"
   rm -rf "$dir"
   mv -T "$new/out" "$dir"
}

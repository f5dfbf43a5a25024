# The OpenSSL of ./dev package --lean: static, from Debian's source, without what no MongoDB server asks for. mongoc_init
# sets OpenSSL up, whether or not the URI asks for TLS, and OpenSSL then registers every algorithm that it was built with:
# nearly half of a function's start with Debian's own build.
# shellcheck shell=bash

# OpenSSL 3.0, which is a third smaller than the next version.
OPENSSL_SUITE=bookworm
# Increment it when the build changes.
OPENSSL_EDITION=1
# The hardening is that of Debian's own packages.
OPENSSL_FLAGS='-O2 -ffunction-sections -fdata-sections -fstack-protector-strong -D_FORTIFY_SOURCE=2'
# Kept: TLS 1.2 and 1.3, OCSP, openssl.cnf, messages of errors, and 3DES and MD5, which encrypted key files may use.
OPENSSL_WITHOUT=(
   # protocols and formats
   dtls sctp srtp ssl3 ssl3-method tls1 tls1-method tls1_1 tls1_1-method nextprotoneg psk srp comp cmp cms ct ts rfc3779
   # algorithms
   aria bf blake2 camellia cast dsa ec2m gost idea md4 mdc2 ocb rc2 rc4 rc5 rmd160 scrypt seed siphash siv sm2 sm3 sm4 whirlpool
   # ways to add or run them
   async dso engine legacy module multiblock ui-console
   # nothing but the libraries
   dgram shared tests)

# openssl_prepare: builds it for the architecture and sysroot that were prepared before. Sets OPENSSL_BUILT, a folder to copy over
# a sysroot.
openssl_prepare() {
   local name=openssl-${DRIVER_SYSROOT##*/} source
   OPENSSL_BUILT=$FAAS_SYSROOTS/$name
   debian_source "$OPENSSL_SUITE" openssl
   source=$DEBIAN_SOURCE
   if [[ ! -f $OPENSSL_BUILT/faas-stamp || $(<"$OPENSSL_BUILT/faas-stamp") != "$(openssl_stamp)" ]]; then
      packages_need make perl
      ui_step "$name" "Building OpenSSL for ${DRIVER_SYSROOT##*/}" openssl_build "$source" "$OPENSSL_BUILT"
   fi
}

openssl_stamp() {
   echo "$OPENSSL_EDITION $OPENSSL_FLAGS ${OPENSSL_WITHOUT[*]}"
   cat "$DRIVER_SYSROOT/faas-stamp"
}

openssl_build() {
   local source=$1 dir=$2 new=$FAAS_SYSROOTS/.new-openssl-$$ cross='' extra=()
   # shellcheck disable=SC2064
   trap "rm -rf '$new'" EXIT
   rm -rf "$new"
   mkdir -p "$new"
   # Built in the source folder, its messages contain no path.
   cp -a "$source" "$new/source"
   [[ -z $DRIVER_ARCH ]] || cross=$PACKAGE_TRIPLET-
   [[ $PACKAGE_ARCH != x86_64 ]] || extra=(enable-ec_nistp_64_gcc_128) # as Debian
   (
      cd "$new/source"
      CFLAGS="$OPENSSL_FLAGS $(package_sysroot_flags)" ./Configure "linux-${PACKAGE_TRIPLET%%-*}" --cross-compile-prefix="$cross" \
         --prefix=/usr --libdir="lib/$PACKAGE_TRIPLET" --openssldir=/usr/lib/ssl "${OPENSSL_WITHOUT[@]/#/no-}" "${extra[@]}"
      make -j "$(nproc)" build_libs
      make DESTDIR="$new/out" install_dev
   )
   openssl_stamp >"$new/out/faas-stamp"
   rm -rf "$dir"
   mv -T "$new/out" "$dir"
}

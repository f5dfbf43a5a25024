#!/usr/bin/env bash
# Installs on Amazon Linux 2023 what a build needs, in a disposable container.
set -euo pipefail
dnf install -y --setopt=install_weak_deps=False gcc cmake ninja-build pkgconf-pkg-config git python3 openssl-devel libcurl-devel

# Amazon Linux may have no cJSON; then it comes from a checkout at cJSON/ in this repository.
if ! pkg-config --exists libcjson && ! dnf install -y cjson-devel; then
   checkout=$(dirname "$0")/../cJSON
   [[ -f $checkout/CMakeLists.txt ]] || {
      echo "this system has no package of cJSON, and there is no checkout of it at cJSON/. See docs/lambda.md." >&2
      exit 2
   }
   work=$(mktemp -d)
   cmake -S "$checkout" -B "$work" -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib64 -DENABLE_CJSON_TEST=OFF
   cmake --build "$work"
   cmake --install "$work"
   rm -rf "$work"
fi

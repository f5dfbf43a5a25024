#!/usr/bin/env bash
# make.sh own|zip|lean|platforms|sam DIR: makes what the package tests look at, with the driver that FAAS_DRIVER
# names.
#   own   DIR/x86_64.zip or DIR/arm64.zip, as this machine is
#   zip   the other one of these (none if this driver is not available for that architecture)
#   lean  DIR/x86_64-lean.zip and DIR/arm64-lean.zip, with the driver of Debian's source package, or FAAS_DRIVER's checkout
#   platforms  DIR/platforms/azure.zip and the like, for this machine's architecture
#   sam   DIR/sam: a fresh copy of the sources, where `sam build` was run; DIR/MongoDBFunction is its artifact
set -euo pipefail
WHAT=$1 OUT=$2
# Compilers leave the cores to the tests beside them, which watch the time.
renice -n 5 $$ >/dev/null
FAAS_ROOT=$(cd "$(dirname "$0")/../.." && pwd -P)
# shellcheck disable=SC2034 # what the sourced ones read
FAAS_BUILD=$FAAS_ROOT/build FAAS_LOGS=$FAAS_ROOT/build/logs FAAS_COMMAND=package
for name in ui packages venv driver build openssl lean package; do
   # shellcheck disable=SC1090
   source "$FAAS_ROOT/tools/$name.sh"
done
source "$FAAS_ROOT/tests/package/copy_sources.sh"
export FAAS_DRIVER=${FAAS_DRIVER:-}
mkdir -p "$OUT"

# make_package NAME ARGUMENT…: runs ./dev package in this shell, so that its variables show which files it used.
make_package() (
   name=$1
   shift
   # shellcheck source=/dev/null
   source "$FAAS_ROOT/dev" package "$@" -o "$OUT/$name.zip"
   printf '%s\n' "$PACKAGE_TREE" "${PACKAGE_SEARCH[@]}" >"$OUT/$name.from"
)

own() {
   uname -m | sed 's/aarch64/arm64/'
}

make_own() {
   rm -f "$OUT/$(own).zip"
   make_package "$(own)" ${FAAS_DRIVER:+--driver "$FAAS_DRIVER"} # this machine's architecture is the default
}

make_zip() {
   local arch=arm64
   packages_need "${PACKAGES_LAMBDA[@]}"
   [[ $(own) == x86_64 ]] || arch=x86_64
   rm -f "$OUT/$arch.zip"
   [[ ${FAAS_DRIVER:-$(driver_default)} != debian:* ]] || make_package "$arch" --arch "$arch" ${FAAS_DRIVER:+--driver "$FAAS_DRIVER"}
}

make_lean() {
   local arch driver=debian:$LEAN_SUITE
   packages_need "${PACKAGES_LAMBDA[@]}"
   [[ $FAAS_DRIVER != source:* ]] || driver=$FAAS_DRIVER
   for arch in x86_64 arm64; do
      make_package "$arch-lean" --lean --arch "$arch" --driver "$driver"
   done
}

make_platforms() {
   local platform end own
   own=$(uname -m | sed 's/aarch64/arm64/')
   rm -rf "$OUT/platforms"
   for platform in azure openwhisk cloud-run knative openfaas fn; do
      end=/
      [[ $platform != azure && $platform != openwhisk ]] || end=.zip
      (
         # shellcheck source=/dev/null
         source "$FAAS_ROOT/dev" package --platform "$platform" --arch "$own" \
            ${FAAS_DRIVER:+--driver "$FAAS_DRIVER"} -o "$OUT/platforms/$platform$end"
         printf '%s\n' "$PACKAGE_TREE" "${PACKAGE_SEARCH[@]}" >"$OUT/platforms/$platform.from"
      )
   done
}

make_sam() {
   sam_ensure
   packages_need make
   copy_sources "$OUT/sam"
   cd "$OUT/sam"
   SAM_CLI_TELEMETRY=0 "$FAAS_SAM_VENV/bin/sam" build
   ln -sfn sam/.aws-sam/build/MongoDBFunction "$OUT/MongoDBFunction"
}

"make_$WHAT"

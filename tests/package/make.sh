#!/usr/bin/env bash
# make.sh zip|lean|platforms|sam DIR: what the tests of packages look at, with the driver that FAAS_DRIVER names.
#   zip   DIR/x86_64.zip and DIR/arm64.zip (for an architecture that this driver is not to be had for, none)
#   lean  DIR/x86_64-lean.zip and DIR/arm64-lean.zip, with the driver of Debian's source package, or FAAS_DRIVER's checkout
#   platforms  DIR/platforms/azure.zip and the like, for this machine's architecture
#   sam   DIR/sam: a fresh copy of the sources, where `sam build` was run; DIR/MongoDBFunction is its artifact
set -euo pipefail
WHAT=$1 OUT=$2
FAAS_ROOT=$(cd "$(dirname "$0")/../.." && pwd -P)
# shellcheck disable=SC2034 # what the sourced ones read
FAAS_BUILD=$FAAS_ROOT/build FAAS_LOGS=$FAAS_ROOT/build/logs FAAS_COMMAND=package
for name in ui packages venv driver build sam lean package; do
   # shellcheck disable=SC1090
   source "$FAAS_ROOT/tools/$name.sh"
done
source "$FAAS_ROOT/tests/package/copy_sources.sh"
export FAAS_DRIVER=${FAAS_DRIVER:-}
mkdir -p "$OUT"

# make_package NAME ARGUMENT…: by ./dev package as a person types it, but in this shell, to be asked where it took all from.
make_package() (
   name=$1
   shift
   # shellcheck source=/dev/null
   source "$FAAS_ROOT/dev" package "$@" -o "$OUT/$name.zip"
   printf '%s\n' "$PACKAGE_TREE" "${PACKAGE_SEARCH[@]}" >"$OUT/$name.from"
)

make_zip() {
   local arch own choice=()
   own=$(uname -m | sed 's/aarch64/arm64/')
   packages_need "${PACKAGES_LAMBDA[@]}"
   for arch in x86_64 arm64; do
      rm -f "$OUT/$arch.zip"
      case $arch:${FAAS_DRIVER:-$(driver_default)} in
         "$own":* | *:debian:*)
            choice=() # this machine's is the default
            [[ $arch == "$own" ]] || choice=(--arch "$arch")
            make_package "$arch" "${choice[@]}" ${FAAS_DRIVER:+--driver "$FAAS_DRIVER"}
            ;;
      esac
   done
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

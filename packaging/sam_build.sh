#!/usr/bin/env bash
# mongodb/Makefile's work: sam_build.sh ARTIFACTS_DIR fills that folder with an unpacked package.
set -euo pipefail
ARTIFACTS=${1:?expected the folder to fill, which sam gives as ARTIFACTS_DIR}
cd "$(dirname "$0")/.."

# Built before, on a system that can: the hosts of MongoDB's CI that have the SAM CLI are too old.
if [[ -n ${FAAS_PREBUILT:-} ]]; then
   [[ -x $FAAS_PREBUILT/bootstrap ]] || {
      echo "FAAS_PREBUILT is \"$FAAS_PREBUILT\"; expected an unpacked package there, relative to the repository." \
         "./dev package -o FOLDER/ makes one." >&2
      exit 2
   }
   cp -R "$FAAS_PREBUILT/." "$ARTIFACTS/"
   exit
fi

# AWS's build image for provided.al2023 is Amazon Linux: no apt, and so no Debian driver either.
if ! command -v apt-get >/dev/null && command -v dnf >/dev/null; then
   packaging/al2023.sh
   export FAAS_SKIP_PACKAGES=1
   case ${FAAS_DRIVER:-} in
      source:*) ;;
      *)
         echo "On Amazon Linux the driver is built from a checkout inside this repository; expected" \
            "FAAS_DRIVER=source:DIR, found \"${FAAS_DRIVER:-}\". See docs/lambda.md." >&2
         exit 2
         ;;
   esac
fi

exec ./dev package ${FAAS_DRIVER:+--driver "$FAAS_DRIVER"} ${FAAS_ARCH:+--arch "$FAAS_ARCH"} ${FAAS_LEAN:+--lean} -o "$ARTIFACTS/"

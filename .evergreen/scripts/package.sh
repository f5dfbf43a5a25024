#!/usr/bin/env bash
# ./dev package: the function, as a zip file to keep or a folder for sam build.
set -euo pipefail
# shellcheck source=.evergreen/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

usage() {
   cat <<'TEXT'
usage: package.sh [--driver DRIVER] [--arch x86_64|arm64] [--lean] --output FILE.zip|FOLDER/

DRIVER: see build.sh --help. Without it, FAAS_DRIVER, then ./dev's own choice. The output's path is relative to the
repository. A folder is what FAAS_PREBUILT names for sam build, which then compiles nothing: hosts that have the SAM CLI are
older than what the function is built on.
TEXT
}

ARGUMENTS=() CHOICE=${FAAS_DRIVER:-} OUTPUT=''
while (($#)); do
   case $1 in
      --help | -h)
         usage
         exit 0
         ;;
      --driver)
         CHOICE=$(option_value "$@")
         shift 2
         ;;
      --arch)
         ARCH=$(option_value "$@")
         ARGUMENTS+=(--arch "$ARCH")
         shift 2
         ;;
      --lean)
         ARGUMENTS+=(--lean)
         shift
         ;;
      --output)
         OUTPUT=$(option_value "$@")
         shift 2
         ;;
      *) wrong_use "$1" ;;
   esac
done
[[ -n $OUTPUT ]] || die 2 "expected --output FILE.zip or FOLDER/; see package.sh --help"
if [[ -n $CHOICE ]]; then
   DRIVER=$(driver_of "$CHOICE")
   ARGUMENTS+=(--driver "$DRIVER")
fi
cd "$ROOT"
mkdir -p "$(dirname "$OUTPUT")"
dev package "${ARGUMENTS[@]}" -o "$OUTPUT"

#!/usr/bin/env bash
# ./dev build with the driver of the task.
set -euo pipefail
# shellcheck source=.evergreen/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

usage() {
   cat <<'TEXT'
usage: build.sh [--driver DRIVER] [--preset PRESET]

DRIVER is module, the mongo-c-driver that Evergreen checked out beside the sources, module@TAG, a release of it, or what
./dev build takes. Without it, ./dev's own choice. PRESET is ./dev build's.
TEXT
}

ARGUMENTS=()
while (($#)); do
   case $1 in
      --help | -h)
         usage
         exit 0
         ;;
      --driver)
         CHOICE=$(option_value "$@")
         DRIVER=$(driver_of "$CHOICE")
         ARGUMENTS+=(--driver "$DRIVER")
         shift 2
         ;;
      --preset)
         PRESET=$(option_value "$@")
         ARGUMENTS+=(--preset "$PRESET")
         shift 2
         ;;
      *) wrong_use "$1" ;;
   esac
done
dev build "${ARGUMENTS[@]}"

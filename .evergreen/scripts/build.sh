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

read_arguments '--driver --preset' '' "$@"
dev build "${ARGUMENTS[@]}"

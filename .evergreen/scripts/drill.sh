#!/usr/bin/env bash
# ./dev drill: the deployed run without AWS and Atlas.
set -euo pipefail
# shellcheck source=.evergreen/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

usage() {
   cat <<'TEXT'
usage: drill.sh [--driver DRIVER] [--client pool|single] [-- FAAS-DRILL ARGUMENTS]

DRIVER: see build.sh --help. Results are in build/drill/results/latest: drill.json, junit.xml, timeline.html, which the task
attaches and uploads whatever the outcome.
TEXT
}

read_arguments '--driver --client' -- "$@"
dev drill "${ARGUMENTS[@]}"

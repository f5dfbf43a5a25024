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

read_arguments '--driver --arch --output' --lean "$@"
for ((i = 0, output = 0; i < ${#ARGUMENTS[@]}; i++)); do
   [[ ${ARGUMENTS[i]} != --output ]] || output=$((i + 1))
done
((output > 0)) || die 2 "expected --output FILE.zip or FOLDER/; see package.sh --help"
if [[ -n ${FAAS_DRIVER:-} && " ${ARGUMENTS[*]} " != *' --driver '* ]]; then
   DRIVER=$(driver_of "$FAAS_DRIVER")
   ARGUMENTS+=(--driver "$DRIVER")
fi
cd "$ROOT"
mkdir -p "$(dirname "${ARGUMENTS[output]}")"
dev package "${ARGUMENTS[@]}"

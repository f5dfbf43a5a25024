#!/usr/bin/env bash
# ./dev test, whole or for one driver.
set -euo pipefail
# shellcheck source=.evergreen/scripts/lib.sh
source "$(dirname "$0")/lib.sh"
# Of ./dev test: TEST_OF_DRIVERS.
# shellcheck source=tools/test.sh
source "$ROOT/tools/test.sh"

usage() {
   cat <<'TEXT'
usage: test.sh [--driver DRIVER] [-- CTEST ARGUMENTS]

Without a driver: everything that ./dev test has. With one (see build.sh --help), the tests whose outcome depends on the
driver, unless ctest arguments choose others. Results are JUnit files, build/logs/test-*.xml.
TEXT
}

ARGUMENTS=() CHOSEN=(-L "$TEST_OF_DRIVERS")
while (($#)); do
   case $1 in
      --help | -h)
         usage
         exit 0
         ;;
      --driver)
         CHOICE=$(option_value "$@")
         DRIVER=$(driver_of "$CHOICE")
         ARGUMENTS=(--driver "$DRIVER")
         shift 2
         ;;
      --)
         shift
         CHOSEN=("$@")
         ARGUMENTS+=("$@")
         dev test "${ARGUMENTS[@]}"
         exit
         ;;
      *) wrong_use "$1" ;;
   esac
done
((${#ARGUMENTS[@]} == 0)) || ARGUMENTS+=("${CHOSEN[@]}")
dev test "${ARGUMENTS[@]}"

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

read_arguments --driver -- "$@"
[[ ${ARGUMENTS[0]:-} != --driver || " ${ARGUMENTS[*]} " == *' -- '* ]] || ARGUMENTS+=(-L "$TEST_OF_DRIVERS")
dev test "${ARGUMENTS[@]}"

#!/usr/bin/env bash

set -o errexit
set -o pipefail

# shellcheck source=.evergreen/scripts/env-var-utils.sh
. "$(dirname "${BASH_SOURCE[0]}")/env-var-utils.sh"
. "$(dirname "${BASH_SOURCE[0]}")/use-tools.sh" paths

# From mo-expansion.yml.
check_var_opt MONGODB_URI "mongodb://localhost:27017"

# For ctest.
. "$(dirname "${BASH_SOURCE[0]}")/install-build-tools.sh"
install_build_tools

export MONGOC_TEST_URI="${MONGODB_URI:?}"

# Only the tests of this directory: test-libmongoc's run in other tasks.
ctest --test-dir cmake-build/src/faas-harness --output-on-failure

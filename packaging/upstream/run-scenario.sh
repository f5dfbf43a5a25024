#!/usr/bin/env bash
#
# Three invocations of the harness over one client, against a server. The harness fails when an operation does, or an
# assertion about the driver's heartbeats, commands or connections.
#
# Usage:
#   run-scenario.sh <faas-harness>
#
# The server is that of MONGOC_TEST_URI, or of MONGOC_TEST_HOST and MONGOC_TEST_PORT. MONGOC_TEST_SKIP_LIVE=on skips.

set -o errexit
set -o nounset
set -o pipefail

if [[ "${MONGOC_TEST_SKIP_LIVE:-off}" == "on" ]]; then
  echo "skipped: MONGOC_TEST_SKIP_LIVE is on"
  exit 77
fi

export MONGODB_URI="${MONGOC_TEST_URI:-"mongodb://${MONGOC_TEST_HOST:-localhost}:${MONGOC_TEST_PORT:-27017}"}"
for client in pool single; do
  echo "client: ${client}"
  printf '{}{}{}' | "${1:?"the path of faas-harness is missing"}" --provider local --client "${client}"
done

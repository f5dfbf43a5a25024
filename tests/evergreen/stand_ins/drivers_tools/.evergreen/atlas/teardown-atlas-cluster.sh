#!/usr/bin/env bash
# Stand-in for the script of this name in drivers-evergreen-tools.
set -euo pipefail
SECRETS=$(dirname "$0")/secrets-export.sh
# shellcheck source=/dev/null
[[ ! -f $SECRETS ]] || source "$SECRETS"
curl -sS --digest -u "$DRIVERS_ATLAS_PUBLIC_API_KEY:$DRIVERS_ATLAS_PRIVATE_API_KEY" -X DELETE \
   "$ATLAS_BASE_URL/groups/$DRIVERS_ATLAS_GROUP_ID/clusters/${CLUSTER_NAME:?}"

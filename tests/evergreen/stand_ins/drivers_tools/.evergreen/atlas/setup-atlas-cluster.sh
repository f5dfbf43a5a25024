#!/usr/bin/env bash
# Stand-in for the script of this name in drivers-evergreen-tools: the same requests, and the same two files left behind.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
: "${LAMBDA_STACK_NAME:?}" "${DRIVERS_ATLAS_LAMBDA_USER:?}" "${DRIVERS_ATLAS_LAMBDA_PASSWORD:?}"
NAME=$LAMBDA_STACK_NAME-0123456789abcdef
API=https://cloud.mongodb.com/api/atlas/v1.0/groups/$DRIVERS_ATLAS_GROUP_ID/clusters
KEY=$DRIVERS_ATLAS_PUBLIC_API_KEY:$DRIVERS_ATLAS_PRIVATE_API_KEY

curl -sS --digest -u "$KEY" -X POST -d "{\"name\": \"$NAME\"}" "$API" | grep -q CREATING || exit 1
{
   echo "export CLUSTER_NAME=$NAME"
   echo "export ATLAS_BASE_URL=https://cloud.mongodb.com/api/atlas/v1.0"
} >"$HERE/secrets-export.sh"
sleep 15
ADDRESS=$(curl -sS --digest -u "$KEY" -X GET "$API/$NAME" | jq -r .srvAddress)
URI=mongodb+srv://$DRIVERS_ATLAS_LAMBDA_USER:$DRIVERS_ATLAS_LAMBDA_PASSWORD@${ADDRESS#mongodb+srv://}
echo "MONGODB_URI: \"$URI\"" >atlas-expansion.yml
echo "export MONGODB_URI=$URI" >>"$HERE/secrets-export.sh"

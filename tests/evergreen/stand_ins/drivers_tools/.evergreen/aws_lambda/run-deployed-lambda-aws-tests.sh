#!/usr/bin/env bash
# Stand-in for the script of this name in drivers-evergreen-tools: the same calls in the same order, and the same verdict,
# which looks at FunctionError and at nothing else.
set -eo pipefail
# shellcheck source=/dev/null
source "$(dirname "$0")/../atlas/secrets-export.sh"
STACK=(--stack-name "${CLUSTER_NAME:?}" --region "${AWS_REGION:?}")

finish() { sam delete "${STACK[@]}" --no-prompts; }

invoke() {
   aws lambda invoke --function-name "$ARN" --log-type Tail "lambda-invoke-$1.json" >output.json
   cat "lambda-invoke-$1.json"
   if grep -q FunctionError output.json; then
      echo "FunctionError in the $1 invocation"
      exit 1
   fi
}

trap finish EXIT
cd "${TEST_LAMBDA_DIRECTORY:?}"
# shellcheck disable=SC2086 # several arguments
sam build ${SAM_BUILD_ARGS:-}
sam deploy --no-confirm-changeset "${STACK[@]}" --capabilities CAPABILITY_IAM --resolve-s3 \
   --parameter-overrides "MongoDbUri=${MONGODB_URI:?}"
ARN=$(sam list stack-outputs "${STACK[@]}" --output json | jq -r '.[] | select(.OutputKey == "MongoDBFunction") | .OutputValue')
invoke standard
sleep 60
invoke frozen
curl --digest -u "$DRIVERS_ATLAS_PUBLIC_API_KEY:$DRIVERS_ATLAS_PRIVATE_API_KEY" -X POST \
   "$ATLAS_BASE_URL/groups/$DRIVERS_ATLAS_GROUP_ID/clusters/$CLUSTER_NAME/restartPrimaries"
sleep 60
invoke outage

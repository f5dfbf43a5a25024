#!/usr/bin/env bash
# Checks the variables of the specification's table before anything is created that costs money.
set -euo pipefail
# shellcheck source=.evergreen/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

usage() {
   cat <<'TEXT'
usage: check-variables.sh setup|deployed|teardown

Ends with status 2 and names every variable that is not set, and who sets it:
   setup      before the Atlas cluster is made: all that the project settings hold
   deployed   before the function is deployed: the specification's whole table, and MONGODB_URI
   teardown   before the cluster is deleted
No value is printed.
TEXT
}

PROJECT=(DRIVERS_ATLAS_PUBLIC_API_KEY DRIVERS_ATLAS_PRIVATE_API_KEY DRIVERS_ATLAS_LAMBDA_USER
   DRIVERS_ATLAS_LAMBDA_PASSWORD DRIVERS_ATLAS_GROUP_ID LAMBDA_STACK_NAME)

case ${1:-} in
   --help | -h) usage ;;
   setup) need LAMBDA_AWS_ROLE_ARN DRIVERS_TOOLS "${PROJECT[@]}" ;;
   deployed)
      need LAMBDA_AWS_ROLE_ARN TEST_LAMBDA_DIRECTORY DRIVERS_TOOLS "${PROJECT[@]}" AWS_REGION AWS_ACCESS_KEY_ID \
         AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN MONGODB_URI
      [[ -f $TEST_LAMBDA_DIRECTORY/template.yaml ]] ||
         die 2 "TEST_LAMBDA_DIRECTORY is $TEST_LAMBDA_DIRECTORY, and there is no template.yaml."
      ;;
   teardown) need DRIVERS_TOOLS DRIVERS_ATLAS_PUBLIC_API_KEY DRIVERS_ATLAS_PRIVATE_API_KEY DRIVERS_ATLAS_GROUP_ID ;;
   *) wrong_use "${1:-}" ;;
esac

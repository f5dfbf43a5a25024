#!/usr/bin/env bash
# Checks that the host has what a task needs, before the task's work begins.
set -euo pipefail
# shellcheck source=.evergreen/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

usage() {
   cat <<'TEXT'
usage: install-dependencies.sh build|deployed

   build      where ./dev runs: this machine, when it is Debian 12 or newer (./dev installs what it needs), else a
              container, whose image is fetched now
   deployed   that, and the programs of drivers-evergreen-tools' scripts: sam, aws, jq, curl, node, base64, make

FAAS_CONTAINER=podman|docker|none  chooses instead of looking
FAAS_CONTAINER_IMAGE=NAME          instead of debian:12
TEXT
}

programs() {
   local distros="The distros of MongoDB's FaaS specification have it; choose one of them for the variant."
   need_program sam "$distros"
   need_program aws "$distros"
   need_program jq "$distros"
   need_program curl "$distros"
   need_program node "drivers-evergreen-tools' setup-variables.sh needs it for the cluster's name."
   need_program base64 "It belongs to coreutils."
   need_program make "sam build needs it for mongodb/Makefile."
}

case ${1:-} in
   --help | -h)
      usage
      exit 0
      ;;
   build) ;;
   deployed) programs ;;
   *) wrong_use "${1:-}" ;;
esac
find_container
if [[ -n $CONTAINER ]]; then
   say "Fetching $IMAGE"
   # Tries once more, because registries limit their rate.
   "$CONTAINER" pull --quiet "$IMAGE" >&2 || { sleep 10 && "$CONTAINER" pull --quiet "$IMAGE" >&2; } ||
      die 1 "cannot pull $IMAGE; set FAAS_CONTAINER_IMAGE to another, such as one in a mirror."
fi

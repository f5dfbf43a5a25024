#!/usr/bin/env bash
# make.sh DIR: DIR/tree, a repository of these sources as they are, committed or not, and in its build/release what
# ./dev release --dry-run made there.
set -euo pipefail
OUT=$1
# Compilers leave the cores to the tests beside them, which watch the time.
renice -n 5 $$ >/dev/null
FAAS_ROOT=$(cd "$(dirname "$0")/../.." && pwd -P)
# shellcheck disable=SC2034 # what the sourced ones read
FAAS_BUILD=$FAAS_ROOT/build FAAS_LOGS=$FAAS_ROOT/build/logs FAAS_COMMAND=release
for name in ui packages venv driver release; do
   # shellcheck disable=SC1090
   source "$FAAS_ROOT/tools/$name.sh"
done
source "$FAAS_ROOT/tests/package/copy_sources.sh"

copy_repository() {
   local to=$1
   copy_sources "$to"
   git -C "$to" init --quiet
   git -C "$to" add --all
   git -C "$to" -c user.name=test -c user.email=test@localhost commit --quiet --message "as it is"
   ln -s "$FAAS_RELEASE_VENV" "$to/build/release-venv"
}

release_venv_ensure
copy_repository "$OUT/tree"
"$OUT/tree/dev" release --dry-run

# ./dev local: runs the local provider once and shows the reports.
# shellcheck shell=bash

LOCAL_INVOCATIONS=3

command_local() {
   local dir status=0 i
   arguments_read "driver preset" "$@"
   build_tree "${ARG_preset:-dev}" "$ARG_driver"

   server_use
   dir=$(new_folder "$FAAS_BUILD/reports")
   for ((i = 0; i < LOCAL_INVOCATIONS; i++)); do
      echo '{}'
   done | "$FAAS_BUILD/bin/faas-harness" --provider local "${REST[@]}" >"$dir/stdout" || status=$?
   "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/summary.py" "$dir/stdout" "$dir" || ((status)) || status=1
   exit "$status"
}

# new_folder PARENT: makes PARENT/<now>, has PARENT/latest lead to it, and prints its path.
new_folder() {
   local dir
   dir=$1/$(date +%Y%m%d-%H%M%S)
   while ! mkdir -p "${dir%/*}" || ! mkdir "$dir" 2>/dev/null; do
      dir+=x
   done
   ln -sfn "${dir##*/}" "$1/latest"
   echo "$dir"
}

# ./dev local: runs the local provider once and shows the reports.
# shellcheck shell=bash

LOCAL_INVOCATIONS=3

local_cleanup() {
   [[ -z $LOCAL_OWN_SERVER ]] || server_stop
}

command_local() {
   local dir status=0 i
   arguments_read "driver preset" "$@"
   build_tree "${ARG_preset:-dev}" "$ARG_driver"

   LOCAL_OWN_SERVER=''
   trap local_cleanup EXIT
   trap 'exit 130' INT
   trap 'exit 143' TERM HUP
   if [[ -z ${MONGODB_URI:+set} ]]; then
      if ! server_is_running; then
         LOCAL_OWN_SERVER=1
         # The server must not outlive this script, however it ends.
         if command -v setpriv >/dev/null; then
            server_start setpriv --pdeathsig KILL --
         else
            server_start
         fi
      fi
      MONGODB_URI=$(server_uri)
      export MONGODB_URI
      ui_say "Embedded server: $MONGODB_URI"
   else
      ui_say "Server: MONGODB_URI"
   fi

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

# ./dev run: the main job once, on real input, for a person to look at.
# shellcheck shell=bash

RUN_INVOCATIONS=3

run_cleanup() {
   [[ -z $RUN_OWN_SERVER ]] || server_stop
}

command_run() {
   local driver='' preset=dev dir status=0 arguments=() i
   while (($#)); do
      case $1 in
         --driver)
            driver=$(option_value "$@")
            shift 2
            ;;
         --driver=*) driver=${1#*=} && shift ;;
         --preset)
            preset=$(option_value "$@")
            shift 2
            ;;
         --preset=*) preset=${1#*=} && shift ;;
         --) shift && arguments+=("$@") && break ;;
         *) arguments+=("$1") && shift ;;
      esac
   done
   build_tree "$preset" "$driver"

   RUN_OWN_SERVER=''
   trap run_cleanup EXIT
   trap 'exit 130' INT
   trap 'exit 143' TERM HUP
   if [[ -z ${MONGODB_URI:-} ]]; then
      if ! server_is_running; then
         RUN_OWN_SERVER=1
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
      ui_say "Server: as MONGODB_URI says"
   fi

   dir=$FAAS_BUILD/reports/$(date +%Y%m%d-%H%M%S)
   while ! mkdir -p "${dir%/*}" || ! mkdir "$dir" 2>/dev/null; do
      dir+=x
   done
   for ((i = 0; i < RUN_INVOCATIONS; i++)); do
      echo '{}'
   done | "$FAAS_BUILD/bin/faas-harness" --provider local "${arguments[@]}" >"$dir/stdout" || status=$?
   ln -sfn "${dir##*/}" "$FAAS_BUILD/reports/latest"
   "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/summary.py" "$dir/stdout" "$dir" || ((status)) || status=1
   exit "$status"
}

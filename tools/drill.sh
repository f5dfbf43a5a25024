# ./dev drill and ./dev run: drills the packaged harness, or another function, on this machine.
# shellcheck shell=bash

FAAS_DRILL=$FAAS_BUILD/drill
# A freeze that a person waits for, longer than the driver's heartbeatFrequencyMS of 10 s.
RUN_FREEZE=11

# drill_prepare DRIVER: builds faas-drill, and the function with that driver for the platform in DRILL_OPTIONS. Sets
# DRILL_PROGRAM and DRILL_FUNCTION, and adds the options that start it there to DRILL_OPTIONS.
drill_prepare() {
   build_tree dev ''
   DRILL_PROGRAM=$BUILD_TREE/bin/faas-drill
   drill_platform
   case $DRILL_PLATFORM in
      azure | openwhisk) drill_function "$1" "$DRILL_PLATFORM" ;;
      cloud-run | openfaas | fn)
         # The program for Azure runs anywhere; an image's only in its place.
         drill_function "$1" azure
         [[ " ${DRILL_OPTIONS[*]}" == *' --command'* ]] || DRILL_OPTIONS+=(--command
            "faas-harness/bin/$PACKAGE_LOADER --inhibit-cache faas-harness/bin/faas-harness --provider http")
         ;;
      *) drill_function "$1" ;; # faas-drill refuses unknown names
   esac
}

# drill_platform: sets DRILL_PLATFORM to the last one in DRILL_OPTIONS.
drill_platform() {
   local i
   DRILL_PLATFORM=lambda
   for ((i = 0; i < ${#DRILL_OPTIONS[@]}; i++)); do
      case ${DRILL_OPTIONS[i]} in
         --platform=*) DRILL_PLATFORM=${DRILL_OPTIONS[i]#*=} ;;
         --platform) DRILL_PLATFORM=${DRILL_OPTIONS[i + 1]:-} ;;
      esac
   done
}

# drill_function DRIVER [PLATFORM]: sets DRILL_FUNCTION to the folder that is deployed there; without PLATFORM, to
# Lambda.
drill_function() {
   local want new name platform=${2:-lambda}
   package_build_for "$platform" '' "$1" ''
   name=$DRIVER_SLUG
   [[ $platform == lambda ]] || name+=-${platform/azure/server}
   DRILL_FUNCTION=$FAAS_DRILL/functions/$name
   want=$(find "$PACKAGE_TREE"/bin/faas-harness "$PACKAGE_TREE"/lib/faas-harness "$PACKAGE_TREE/faas-stamp" \
      "$FAAS_ROOT"/packaging -type f -print0 | sort -z | xargs -0 cat | sha256sum)
   [[ ! -f $DRILL_FUNCTION.stamp || $(<"$DRILL_FUNCTION.stamp") != "$want" ]] || return 0
   # Written under another name and renamed, because another drill may be using it.
   new=$FAAS_DRILL/functions/.new-$name-$$
   mkdir -p "$FAAS_DRILL/functions"
   ui_step "bundle-$name" "Packaging the function" package_bundle "$platform" '' "$new/"
   rm -rf "$DRILL_FUNCTION"
   mv -T "$new" "$DRILL_FUNCTION"
   echo "$want" >"$DRILL_FUNCTION.stamp"
}

# The embedded server, in the form of faas-drill --server-command, which sets $PORT and $FOLDER.
drill_server_command() {
   : >"$FAAS_DRILL/empty.toml" # or it would read a configuration file in the home folder
   # shellcheck disable=SC2016 # expanded by the drill's shell, not this one
   printf 'exec %q --config %q --host 127.0.0.1 --port "$PORT" --storage-path "$FOLDER/data" %s' \
      "$FAAS_VENV/bin/secantusd-py" "$FAAS_DRILL/empty.toml" '--sync-on-commit --enable-test-commands'
}

# drill_database ARGUMENT...: sets DRILL_DATABASE, unless the arguments or MONGODB_URI name one.
drill_database() {
   local argument
   DRILL_DATABASE=()
   [[ -z ${MONGODB_URI:+set} ]] || return 0
   for argument; do
      [[ $argument != --uri && $argument != --uri=* && $argument != --server* ]] || return 0
   done
   DRILL_DATABASE=(--server-command "$(drill_server_command)")
}

# drill_sort ARGUMENT...: sorts faas-drill's arguments: options with their values go into DRILL_OPTIONS, the others,
# paths of functions, into DRILL_PATHS.
drill_sort() {
   DRILL_OPTIONS=() DRILL_PATHS=()
   while (($#)); do
      case $1 in
         --q* | --v* | --al* | --he* | --sec* | --sr* | --*=*) DRILL_OPTIONS+=("$1") ;; # options without a value; getopt_long accepts abbreviations, too
         --*)
            DRILL_OPTIONS+=("${@:1:2}")
            (($# < 2)) || shift
            ;;
         -*) DRILL_OPTIONS+=("$1") ;;
         *) DRILL_PATHS+=("$1") ;;
      esac
      shift
   done
}

# Whether a handler names the function: by an option, or in a SAM template.
drill_has_handler() {
   [[ " ${DRILL_OPTIONS[*]}" == *' --handler'* || ${DRILL_PATHS[0]} == *.@(yaml|yml|json) ]] ||
      compgen -G "${DRILL_PATHS[0]}/template.*" >/dev/null
}

# drill_interpreters: a handler is run by the python3 or node on the PATH, as by faas-drill itself; if that is missing
# or lacks AWS's runtime client, by the venv's.
drill_interpreters() {
   drill_has_handler || return 0
   command -v node >/dev/null || DRILL_SEARCH=$(node_wheel)/bin:$DRILL_SEARCH
   python3 -Ic 'import awslambdaric' 2>/dev/null || [[ -d ${DRILL_PATHS[0]}/awslambdaric ]] ||
      DRILL_SEARCH=$FAAS_VENV/bin:$DRILL_SEARCH
}

# Before minutes of building. faas-drill checks the content.
drill_check_paths() {
   local path
   for path in "${DRILL_PATHS[@]}"; do
      # Not shown, because it may contain a password.
      [[ $path != *://* ]] || ui_die 2 "$FAAS_COMMAND: the argument is a connection string, not the path of a function; pass it with --uri."
      [[ -e $path ]] || ui_die 2 "$FAAS_COMMAND: no function at \"$path\"; pass a FOLDER, FILE.zip or template.yaml."
   done
}

# drill_choose: builds what ARG_function, ARG_driver and DRILL_PATHS ask for. Sets DRILL_PROGRAM, and DRILL_PATHS to
# the one function; puts what its language needs into DRILL_OPTIONS and DRILL_SEARCH.
drill_choose() {
   DRILL_SEARCH=$PATH
   drill_check_paths
   if [[ -z $ARG_function ]] && ((${#DRILL_PATHS[@]} == 0)); then
      [[ -z $ARG_driver ]] || driver_check "$ARG_driver"
      drill_prepare "$ARG_driver"
      DRILL_PATHS=("$DRILL_FUNCTION")
      return
   fi
   if [[ -n $ARG_function ]] && ((${#DRILL_PATHS[@]})); then
      ui_die 2 "--function $ARG_function and ${DRILL_PATHS[0]} are two functions, and a drill runs one. Remove one of them."
   elif [[ -n $ARG_function ]]; then
      function_check "$ARG_function" "$ARG_driver"
      venv_ensure
      function_build "$ARG_function" "$ARG_driver"
      DRILL_PATHS=("$FUNCTION_FOLDER") DRILL_SEARCH=$FUNCTION_SEARCH:$PATH
      DRILL_OPTIONS=("${FUNCTION_OPTIONS[@]}" "${DRILL_OPTIONS[@]}")
   elif [[ -n $ARG_driver ]]; then
      ui_die 2 "--driver applies to functions that ./dev makes; ${DRILL_PATHS[0]} contains its driver. Remove one of them."
   fi
   build_tree dev ''
   [[ -n $ARG_function ]] || drill_interpreters
   mkdir -p "$FAAS_DRILL"
   DRILL_PROGRAM=$BUILD_TREE/bin/faas-drill
}

# Status 1 would mean a failed drill, but no drill has run before faas-drill starts.
drill_not_held() {
   local status=$?
   ((status == 0 || status >= 128)) || status=2
   exit "$status"
}

command_drill() {
   local dir status=0
   trap drill_not_held EXIT
   arguments_read "driver function output" "$@"
   drill_sort "${REST[@]}"
   drill_choose
   drill_database "${DRILL_OPTIONS[@]}"
   dir=${ARG_output:-$(new_folder "$FAAS_DRILL/results")}
   trap - EXIT
   PATH=$DRILL_SEARCH \
      "$DRILL_PROGRAM" "${DRILL_DATABASE[@]}" --output "$dir" "${DRILL_OPTIONS[@]}" -- "${DRILL_PATHS[@]}" || status=$?
   # No results to show if the drill could not run.
   [[ -n $ARG_output || -e $dir/drill.json ]] || rm -f "$FAAS_DRILL/results/latest"
   return "$status"
}

command_run() {
   command_drill --freeze "$RUN_FREEZE" "$@"
}

# ./dev survey: drills functions with their drivers several times each. tools/survey makes the table from the results.
# shellcheck shell=bash

# Longer than the driver's heartbeatFrequencyMS of 10 s.
SURVEY_FREEZE=12
SURVEY_TIMES=3
SURVEY_PHASES='cold,warm,frozen,outage*4,failover,dropped'
SURVEY_CLIENTS=(pool single)

# For each row: its folder's name, the entry as given, the function, the client of faas-harness, and once it is built
# faas-drill's arguments, quoted for a shell.
SURVEY_ROWS=() SURVEY_ENTRIES=() SURVEY_FUNCTIONS=() SURVEY_ROW_CLIENTS=() SURVEY_ARGUMENTS=() SURVEY_SEARCH=()

# What can be built here without minutes of compiling.
survey_default() {
   local name
   SURVEY_WANTED=(harness=system harness=debian:trixie harness=debian:forky)
   for name in "${FUNCTION_NAMES[@]}"; do
      case $name in
         ruby) ;; # pins no driver
         rust) [[ ! -d $FAAS_FUNCTIONS/rust/target ]] || SURVEY_WANTED+=("$name") ;; # takes minutes, unless its crates are compiled already
         *) SURVEY_WANTED+=("$name") ;;
      esac
   done
}

survey_is_function() {
   [[ " ${FUNCTION_NAMES[*]} " == *" $1 "* ]]
}

# survey_entry ENTRY: sets ENTRY_FUNCTION and ENTRY_DRIVER; dies if there is no such function or driver.
survey_entry() {
   ENTRY_FUNCTION=${1%%=*} ENTRY_DRIVER=''
   case $1 in
      system | debian:* | source:*) ENTRY_FUNCTION=harness ENTRY_DRIVER=$1 ;;
      *=*) ENTRY_DRIVER=${1#*=} ;;
   esac
   # For functions whose drivers have other forms.
   [[ $ENTRY_FUNCTION != libmongoc ]] || survey_is_function libmongoc || ENTRY_FUNCTION=harness
   if [[ $ENTRY_FUNCTION == harness ]]; then
      [[ $1 != *= ]] || ui_die 2 "survey: no driver in \"$1\"; without = it is ./dev build's default."
      [[ -z $ENTRY_DRIVER ]] || driver_check "$ENTRY_DRIVER"
   elif survey_is_function "$ENTRY_FUNCTION"; then
      [[ $1 != *= ]] || ui_die 2 "survey: no driver in \"$1\"; without = it is the one that the example pins."
      [[ $1 != ruby ]] || ui_die 2 "survey: \"ruby\" needs a checkout of the driver, ruby=source:DIR, because the example pins none."
      function_check "$ENTRY_FUNCTION" "$ENTRY_DRIVER"
   else
      ui_die 2 "survey: an entry is a function (harness ${FUNCTION_NAMES[*]}), with =DRIVER or without, or a libmongoc (system, debian:SUITE," \
         "source:DIR); found \"$1\"."
   fi
}

# survey_name TEXT: as a folder name.
survey_name() {
   local name=$1
   if [[ $name == *=source:* ]]; then
      name=${name%%=source:*}-source-$(source_id "$(cd "${name#*=source:}" && pwd -P)")
   fi
   name=${name//==/-}
   echo "${name//[^A-Za-z0-9.-]/-}"
}

survey_add_rows() {
   local entry client name
   for entry; do
      survey_entry "$entry"
      name=$(survey_name "$ENTRY_FUNCTION${ENTRY_DRIVER:+=$ENTRY_DRIVER}")
      for client in "${SURVEY_CLIENTS[@]}"; do
         [[ $ENTRY_FUNCTION == harness ]] || client=''
         # Given twice, or by two names.
         [[ " ${SURVEY_ROWS[*]} " != *" $name${client:+-$client} "* ]] || continue
         SURVEY_ROWS+=("$name${client:+-$client}") SURVEY_ENTRIES+=("$ENTRY_FUNCTION${ENTRY_DRIVER:+=$ENTRY_DRIVER}")
         SURVEY_FUNCTIONS+=("$ENTRY_FUNCTION") SURVEY_ROW_CLIENTS+=("$client")
      done
   done
}

# survey_number OPTION VALUE: dies unless it is a whole number from 1 on.
survey_number() {
   [[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || ui_die 2 "survey: $1 takes a whole number from 1 to 9999; found \"$2\"."
}

# survey_freeze VALUE: dies unless faas-drill accepts it.
survey_freeze() {
   local part=000 ms=0
   [[ $1 != *.* ]] || part=${1#*.}000
   if [[ $1 =~ ^[0-9]{1,5}(\.[0-9]+)?$ ]]; then
      ms=$((10#${1%%.*} * 1000 + 10#${part:0:3}))
      # The maximum has no decimals.
      ((ms < 86400000)) || [[ ${1/.} =~ ^864000*$ ]] || ms=0
   fi
   ((ms > 0 && ms <= 86400000)) || ui_die 2 "survey: --freeze takes a number of seconds from 0.001 to 86400; found \"$1\"."
}

# survey_place check|clear: dies if SURVEY_OUT contains anything but an earlier survey; clear removes that survey.
survey_place() {
   local fault
   # With the machine's Python, because there may be no venv yet.
   packages_need python3
   fault=$(python3 "$FAAS_ROOT/tools/survey/place.py" "$1" "$SURVEY_OUT" "${SURVEY_ROWS[@]}") || ui_die 2 "survey: ${fault:-$SURVEY_OUT cannot be used}"
}

# Facts about the survey itself, for tools/survey.
survey_plan() {
   local i
   for i in "${!SURVEY_ROWS[@]}"; do
      printf '%s\n' "${SURVEY_ROWS[i]}" "${SURVEY_ENTRIES[i]}" "${SURVEY_FUNCTIONS[i]}" "${SURVEY_ROW_CLIENTS[i]}"
   done | "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/survey/plan.py" "$SURVEY_OUT" --times "$SURVEY_N" --jobs "$SURVEY_JOBS" \
      --phases "$SURVEY_P" --freeze "$SURVEY_F" --commit "$(git -C "$FAAS_ROOT" describe --always --dirty 2>/dev/null || true)"
}

# survey_build_one ROW: into SURVEY_ARGUMENTS and SURVEY_SEARCH. If the build fails, it leaves not-built and
# build.log.
survey_build_one() {
   local row=$1 place=$SURVEY_NEW/${SURVEY_ROWS[$1]} before=$SURVEY_NEW/${SURVEY_ROWS[$1 > 0 ? $1 - 1 : 0]} status
   mkdir -p "$place"
   # With its other client it would fail the same way.
   if ((row > 0)) && [[ ${SURVEY_ENTRIES[row]} == "${SURVEY_ENTRIES[row - 1]}" && -f $before/not-built ]]; then
      cp "$before"/* "$place"
      return
   fi
   set +e
   (
      set -e
      export UI_TAIL=8 UI_FAILED=$place/failed
      survey_entry "${SURVEY_ENTRIES[row]}"
      if [[ $ENTRY_FUNCTION == harness ]]; then
         drill_function "$ENTRY_DRIVER"
         FUNCTION_FOLDER=$DRILL_FUNCTION FUNCTION_OPTIONS=(--client "${SURVEY_ROW_CLIENTS[row]}") FUNCTION_SEARCH=/usr/bin
      else
         function_build "$ENTRY_FUNCTION" "$ENTRY_DRIVER"
      fi
      printf '%q ' "${FUNCTION_OPTIONS[@]}" -- "$FUNCTION_FOLDER" >"$place/arguments"
      printf '%s\n' "$FUNCTION_SEARCH" >"$place/search"
   )
   status=$?
   set -e
   ((status < 128)) || exit "$status"
   if ((status == 0)); then
      SURVEY_ARGUMENTS[row]=$(<"$place/arguments") SURVEY_SEARCH[row]=$(<"$place/search")
      rm "$place"/{arguments,search}
      return
   fi
   survey_not_built "$place"
   ui_warn "${SURVEY_ROWS[row]} was not built; the survey continues without it."
}

# The log of the last failed step, or its message if it has no log.
survey_not_built() {
   local kind what
   : >"$1/not-built"
   [[ -f $1/failed ]] || return 0
   while read -r kind what; do
      case $kind in
         log) cp "$what" "$1/build.log" ;;
         said) printf '%s\n' "$what" >"$1/not-built" ;;
      esac
   done <"$1/failed"
   [[ ! -f $1/build.log ]] || : >"$1/not-built"
   rm "$1/failed"
}

# survey_drill ROW TIME: drills that row, with the results in its folder. Call it in the background: it execs the
# drill, so that the caller can wait for that process and end it.
survey_drill() {
   local place=$SURVEY_OUT/${SURVEY_ROWS[$1]}/$2 arguments
   mkdir -p "$place"
   eval "arguments=(${SURVEY_ARGUMENTS[$1]})" # words that printf %q has made
   PATH=${SURVEY_SEARCH[$1]}:$PATH exec "$DRILL_PROGRAM" "${DRILL_DATABASE[@]}" --quiet --freeze "$SURVEY_F" \
      --phases "$SURVEY_P" --output "$place" "${arguments[@]}" >"$place/drill.txt" 2>&1 </dev/null
}

# The estimated time left, once one drill has ended.
survey_left() {
   local left
   ((SURVEY_DONE > 0)) || return 0
   left=$(((SURVEY_TOTAL - SURVEY_DONE) * (SECONDS - SURVEY_START) / SURVEY_DONE))
   if ((left < 90)); then
      echo ", about $left s left"
   else
      echo ", about $(((left + 30) / 60)) min left"
   fi
}

# Waits for one of the drills that are running.
survey_wait() {
   local pid='' name started verdict status=0
   wait -n -p pid "${!SURVEY_RUNNING[@]}" || status=$?
   [[ -n $pid ]] || return 0
   read -r started name <<<"${SURVEY_RUNNING[$pid]}"
   unset "SURVEY_RUNNING[$pid]"
   SURVEY_DONE=$((SURVEY_DONE + 1))
   echo "$status" >"$SURVEY_OUT/$name/status"
   case $status in
      0) verdict="${UI_GREEN}✓${UI_OFF} green" ;;
      1) verdict="${UI_RED}✗${UI_OFF} red" ;;
      *) verdict="${UI_YELLOW}–${UI_OFF} did not run" ;;
   esac
   ui_say "$verdict  ${name%/*}, time ${name##*/} ($((SECONDS - started)) s)"
}

# All rows once before any a second time, so that an interrupted survey has results for each.
survey_hold() {
   local time row number=0
   declare -gA SURVEY_RUNNING=()
   SURVEY_DONE=0 SURVEY_TOTAL=$((SURVEY_N * ${#SURVEY_ARGUMENTS[@]})) SURVEY_START=$SECONDS
   for ((time = 1; time <= SURVEY_N; time++)); do
      for row in "${!SURVEY_ARGUMENTS[@]}"; do
         ((${#SURVEY_RUNNING[@]} < SURVEY_JOBS)) || survey_wait
         survey_drill "$row" "$time" &
         SURVEY_RUNNING[$!]="$SECONDS ${SURVEY_ROWS[row]}/$time"
         number=$((number + 1))
         ui_say "· drill $number of $SURVEY_TOTAL: ${SURVEY_ROWS[row]}, time $time of $SURVEY_N$(survey_left)"
      done
   done
   while ((${#SURVEY_RUNNING[@]})); do
      survey_wait
   done
}

survey_interrupted() {
   trap '' INT TERM
   ui_warn "Interrupted: the table has the finished drills."
   kill -TERM "${!SURVEY_RUNNING[@]}" 2>/dev/null || true
   wait
   survey_table || true
   exit 130
}

survey_table() {
   local status=0
   "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/survey" "$SURVEY_OUT" || status=$?
   [[ ! -f $SURVEY_OUT/survey.html ]] || ui_say "Page: $SURVEY_OUT/survey.html"
   return "$status"
}

# survey_kinds: the names of all phases, from faas-drill.
survey_kinds() {
   sed -n 's/^   &phase_\([a-z_]*\),$/\1/p' "$FAAS_ROOT/drill/phases/phase_kinds.c"
}

command_survey() {
   local row kind drills status=0 kinds names by_name
   arguments_read "freeze jobs output phases times" "$@"
   SURVEY_N=${ARG_times:-$SURVEY_TIMES} SURVEY_JOBS=${ARG_jobs:-1} SURVEY_F=${ARG_freeze:-$SURVEY_FREEZE} SURVEY_P=${ARG_phases:-$SURVEY_PHASES}
   survey_number --times "$SURVEY_N"
   survey_number --jobs "$SURVEY_JOBS"
   ((SURVEY_JOBS <= $(nproc))) || ui_warn "--jobs $SURVEY_JOBS on $(nproc) cores: the drills distort each other's times."
   survey_freeze "$SURVEY_F"
   mapfile -t kinds < <(survey_kinds)
   names=$(IFS=, && echo "${kinds[*]}")
   by_name=$(printf '%s\n' "${kinds[@]}" | grep -vxE "$(sed 's/\*[0-9]*//g; s/,/|/g' <<<"$SURVEY_PHASES")" | paste -sd ,)
   [[ $SURVEY_P != all ]] || SURVEY_P=$SURVEY_PHASES,$by_name
   kind="(${names//,/|})(\*([1-9][0-9]{0,4}|100000))?"
   [[ $SURVEY_P =~ ^$kind(,$kind)*$ ]] ||
      ui_die 2 "survey: --phases is all, or a list of ${names//,/, }, each once" \
         "or *1 to *100000, such as cold,frozen*10; found \"$SURVEY_P\"."
   kind=${SURVEY_P//[^,]/}
   ((${#kind} < 64)) || ui_die 2 "survey: --phases takes at most 64 phases; found $((${#kind} + 1))."
   SURVEY_WANTED=("${REST[@]}")
   ((${#SURVEY_WANTED[@]})) || survey_default
   survey_add_rows "${SURVEY_WANTED[@]}"
   SURVEY_OUT=${ARG_output:-$FAAS_BUILD/survey}
   survey_place check
   mkdir -p "$SURVEY_OUT" "$FAAS_DRILL"
   SURVEY_OUT=$(cd "$SURVEY_OUT" && pwd -P)

   build_tree dev ''
   venv_ensure
   DRILL_PROGRAM=$BUILD_TREE/bin/faas-drill DRILL_DATABASE=(--server-command "$(drill_server_command)")
   SURVEY_NEW=$(mktemp -d "$FAAS_BUILD/.survey-XXXXXX")
   trap 'rm -rf "$SURVEY_NEW"' EXIT
   # Before the first drill, because a build would distort its times.
   for row in "${!SURVEY_ROWS[@]}"; do
      survey_build_one "$row"
   done
   # Only now, so that an earlier survey's results stay until the new ones can be made.
   survey_place clear
   survey_plan
   find "$SURVEY_NEW" -mindepth 1 -maxdepth 1 -exec mv -t "$SURVEY_OUT" {} +
   trap survey_interrupted INT TERM
   drills=$((SURVEY_N * ${#SURVEY_ARGUMENTS[@]}))
   [[ $drills != 1 ]] && drills+=' drills' || drills+=' drill'
   ((SURVEY_JOBS == 1)) || drills+=", $SURVEY_JOBS at once"
   ui_head "$drills. Ctrl-C ends the survey with a table of the finished drills."
   survey_hold
   trap - INT TERM
   survey_table || status=$?
   return "$status"
}

# ./dev's output: messages, colour, and long steps with a log. Everything goes to stderr; stdout is for a command's
# own output. If UI_FAILED names a file, each failure adds a line to it: "log FILE" for a step, "said MESSAGE" for
# ui_die.
# shellcheck shell=bash

if [[ -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
   UI_BOLD=$'\e[1m' UI_DIM=$'\e[2m' UI_RED=$'\e[31m' UI_GREEN=$'\e[32m' UI_YELLOW=$'\e[33m' UI_OFF=$'\e[0m' UI_TTY=1
else
   UI_BOLD='' UI_DIM='' UI_RED='' UI_GREEN='' UI_YELLOW='' UI_OFF='' UI_TTY=''
fi

ui_say()  { printf '%s\n' "$*" >&2; }
ui_head() { printf '%s%s%s\n' "$UI_BOLD" "$*" "$UI_OFF" >&2; }
ui_warn() { printf '%swarning:%s %s\n' "$UI_YELLOW" "$UI_OFF" "$*" >&2; }
ui_good() { printf '%s%s%s\n' "$UI_GREEN" "$*" "$UI_OFF" >&2; }
ui_fail() { printf '%s%s%s\n' "$UI_RED" "$*" "$UI_OFF" >&2; }

# ui_die STATUS MESSAGE: 1 if the work failed, 2 for wrong arguments or a machine that cannot do it.
ui_die() {
   local status=$1
   shift
   printf '%sdev:%s %s\n' "$UI_RED" "$UI_OFF" "$*" >&2
   [[ -z ${UI_FAILED:-} ]] || echo "said $*" >>"$UI_FAILED"
   exit "$status"
}

# Shows the step once it has taken a second; counts the seconds on a terminal. Runs beside the step.
ui_ticker() {
   local text=$1 parent=$2 start=$SECONDS fd
   exec {fd}<> <(:) # a read that times out: unlike sleep, it leaves no process behind when killed
   read -rt 1 -u "$fd" || true
   if [[ -z $UI_TTY ]]; then
      trap '' TERM # so the status is 0 exactly if the line was printed
      printf '· %s\n' "$text" >&2
      return
   fi
   while kill -0 "$parent" 2>/dev/null; do
      printf '\r\e[K%s· %s (%d s)%s' "$UI_DIM" "$text" $((SECONDS - start)) "$UI_OFF" >&2
      read -rt 1 -u "$fd" || true
   done
}

# ui_step LOGNAME TEXT COMMAND...: runs it with its output in build/logs/LOGNAME.log; if it fails, shows the end of
# the log and exits 1. Never call it in a condition, where bash ignores errors inside the command.
ui_step() {
   local log=$FAAS_LOGS/$1.log text=$2 start=$SECONDS status ticker announced=''
   shift 2
   mkdir -p "$FAAS_LOGS"
   ui_ticker "$text" $$ &
   ticker=$!
   set +e
   (
      set -e
      "$@"
   ) >"$log" 2>&1 </dev/null
   status=$?
   kill "$ticker" 2>/dev/null
   wait "$ticker" 2>/dev/null && announced=1
   set -e
   local took=$((SECONDS - start))
   [[ -z $UI_TTY ]] || printf '\r\e[K' >&2
   if ((status != 0)); then
      ui_fail "✗ $text: failed after $took s. The last lines of $log:"
      if [[ -s $log ]]; then
         tail -n "${UI_TAIL:-40}" "$log" | sed 's/^/    /' >&2
      else
         ui_say "    (nothing)"
      fi
      [[ -z ${UI_FAILED:-} ]] || echo "log $log" >>"$UI_FAILED"
      exit 1
   fi
   [[ $took -lt 2 && -z $announced ]] || ui_say "${UI_GREEN}✓${UI_OFF} $text ($took s)"
}

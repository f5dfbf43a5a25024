# What ./dev says and how it says it: messages, colour, and long steps with a log.
# Everything goes to stderr, so that stdout is free for a command's own answer. Where UI_FAILED names a file, it gets a line for what
# failed: "log FILE" of a step, "said MESSAGE" of ui_die.
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

# ui_die STATUS MESSAGE: 1 for a failed piece of work, 2 for a wrong use or a machine that cannot do it.
ui_die() {
   local status=$1
   shift
   printf '%sdev:%s %s\n' "$UI_RED" "$UI_OFF" "$*" >&2
   [[ -z ${UI_FAILED:-} ]] || echo "said $*" >>"$UI_FAILED"
   exit "$status"
}

# Shows what is being done once it has taken a second; counts the seconds on a terminal. Runs beside the step.
ui_ticker() {
   local text=$1 parent=$2 start=$SECONDS fd
   exec {fd}<> <(:) # read from it times out: a sleep that leaves no process behind when killed
   read -rt 1 -u "$fd" || true
   if [[ -z $UI_TTY ]]; then
      printf '· %s\n' "$text" >&2
      return
   fi
   while kill -0 "$parent" 2>/dev/null; do
      printf '\r\e[K%s· %s (%d s)%s' "$UI_DIM" "$text" $((SECONDS - start)) "$UI_OFF" >&2
      read -rt 1 -u "$fd" || true
   done
}

# ui_step LOGNAME TEXT COMMAND...: runs it with its output in build/logs/LOGNAME.log; on failure shows the end of that
# log and exits 1. Never call it in a condition: bash would then ignore errors inside the command.
ui_step() {
   local log=$FAAS_LOGS/$1.log text=$2 start=$SECONDS status ticker
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
   wait "$ticker" 2>/dev/null
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
   ((took < 2)) || ui_say "${UI_GREEN}✓${UI_OFF} $text ($took s)"
}

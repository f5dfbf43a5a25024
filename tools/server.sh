# The embedded MongoDB-compatible server: SecantusDB in the venv, one at a time, with its state in build/server/.
# shellcheck shell=bash

FAAS_SERVER=$FAAS_BUILD/server

server_pid() {
   local pid
   [[ -f $FAAS_SERVER/pid ]] || return 1
   pid=$(<"$FAAS_SERVER/pid")
   # A number left by a crash may belong to another process now.
   [[ -n $pid ]] && grep -qsz -- "$FAAS_SERVER/data" "/proc/$pid/cmdline" && echo "$pid"
}

server_is_running() { server_pid >/dev/null; }

server_uri() { cat "$FAAS_SERVER/uri"; }

# server_start [WRAPPER...]: leaves the server running in the background, answering hello.
server_start() {
   local port pid try status
   venv_ensure
   mkdir -p "$FAAS_SERVER" "$FAAS_LOGS"
   # A port that was free may be taken a moment later, hence the retries.
   for try in 1 2 3; do
      rm -rf "$FAAS_SERVER"/{data,pid,uri}
      mkdir -p "$FAAS_SERVER/data"
      : >"$FAAS_SERVER/empty.toml" # or it would read a configuration from the home folder
      port=$("$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/server_wait.py" --free-port)
      "$@" "$FAAS_VENV/bin/secantusd-py" --config "$FAAS_SERVER/empty.toml" --host 127.0.0.1 --port "$port" \
         --storage-path "$FAAS_SERVER/data" --sync-on-commit --enable-test-commands \
         >"$FAAS_LOGS/server.log" 2>&1 </dev/null &
      pid=$!
      status=0
      "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/server_wait.py" "$port" "$pid" || status=$?
      if ((status == 0)); then
         echo "$pid" >"$FAAS_SERVER/pid"
         echo "mongodb://127.0.0.1:$port/?replicaSet=secantus" >"$FAAS_SERVER/uri"
         return 0
      fi
      kill "$pid" 2>/dev/null || true
      ((try == 3)) || ui_warn "the embedded server did not start on port $port; trying another one"
   done
   tail -n 20 "$FAAS_LOGS/server.log" >&2
   ui_die 1 "The embedded server did not start; its log is $FAAS_LOGS/server.log"
}

# SIGKILL, because closing data that is deleted anyway would take four seconds.
server_stop() {
   local pid tries=100
   if pid=$(server_pid); then
      # Otherwise the shell that started it would report its end.
      disown "$pid" 2>/dev/null || true
      kill -9 "$pid" 2>/dev/null || true
      while kill -0 "$pid" 2>/dev/null && ((tries-- > 0)); do
         sleep 0.02
      done
   fi
   rm -rf "$FAAS_SERVER"/{data,pid,uri}
}

# server_use: MONGODB_URI, if it is not set, becomes the embedded server's. One that is started for that ends with this script.
server_use() {
   local wrapper=()
   if [[ -n ${MONGODB_URI:+set} ]]; then
      ui_say "Server: MONGODB_URI"
      return
   fi
   if ! server_is_running; then
      trap server_stop EXIT
      trap 'exit 130' INT
      trap 'exit 143' TERM HUP
      # However the script ends.
      ! command -v setpriv >/dev/null || wrapper=(setpriv --pdeathsig KILL --)
      server_start "${wrapper[@]}"
   fi
   MONGODB_URI=$(server_uri)
   export MONGODB_URI
   ui_say "Embedded server: $MONGODB_URI"
}

command_server() {
   case ${1:-} in
      start)
         if server_is_running; then
            ui_say "The embedded server is already running."
         else
            server_start setsid
         fi
         server_uri
         ;;
      stop)
         server_is_running || ui_say "No embedded server is running."
         server_stop
         ;;
      uri)
         server_is_running || ui_die 1 "No embedded server is running; ./dev server start starts one."
         server_uri
         ;;
      *) ui_die 2 "server takes start, stop or uri; found \"${1:-}\"" ;;
   esac
}

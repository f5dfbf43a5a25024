# The Python environment of the tools and tests: build/venv, every package pinned by version and hash.
# shellcheck shell=bash

FAAS_VENV=$FAAS_BUILD/venv

# The wheels of the embedded server exist for CPython 3.10 to 3.13.
venv_find_python() {
   local name
   for name in ${FAAS_VENV_PYTHON:-} python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
      if command -v "$name" >/dev/null &&
         "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
         command -v "$name"
         return
      fi
   done
   ui_die 2 "No CPython 3.10 to 3.13 with venv found; the embedded server has wheels for these only." \
      "Install one and name it: FAAS_VENV_PYTHON=/path/to/python3.12 ./dev …"
}

venv_create() {
   # pip finishes last, so the stamp is never there for half an environment.
   rm -rf "$FAAS_VENV"
   "$1" -m venv "$FAAS_VENV"
   "$FAAS_VENV/bin/python" -m pip install --no-input --disable-pip-version-check --only-binary :all: \
      --require-hashes -r "$FAAS_ROOT/tools/requirements.txt" && echo "$2" >"$FAAS_VENV/faas-stamp"
}

venv_ensure() {
   local stamp python
   stamp=$(sha256sum <"$FAAS_ROOT/tools/requirements.txt")
   if [[ -f $FAAS_VENV/faas-stamp && $(<"$FAAS_VENV/faas-stamp") == "$stamp" && -x $FAAS_VENV/bin/python ]]; then
      return
   fi
   packages_need python3 python3-venv
   python=$(venv_find_python)
   ui_say "Installing Python packages into build/venv (about 450 MB): $(sed -n 's/^\([a-z-]*\)\( *[=#].*\)*$/\1/p' \
      "$FAAS_ROOT/tools/requirements.in" | xargs)"
   ui_step venv "Creating build/venv" venv_create "$python" "$stamp"
}

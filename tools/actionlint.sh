# actionlint, for action.yml and the workflow in examples/ci: built from the Go module that tools/actionlint pins by version
# and hash, into build/actionlint.
# shellcheck shell=bash

FAAS_ACTIONLINT=$FAAS_BUILD/actionlint

actionlint_build() {
   mkdir -p "$FAAS_ACTIONLINT"
   cd "$FAAS_ROOT/tools/actionlint"
   GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO_ENABLED=0 "$GO_PROGRAM" build -trimpath -o "$FAAS_ACTIONLINT/actionlint" \
      github.com/rhysd/actionlint/cmd/actionlint && echo "$1" >"$FAAS_ACTIONLINT/faas-stamp"
}

actionlint_ensure() {
   local stamp
   stamp=$(cat "$FAAS_ROOT"/tools/actionlint/go.* | sha256sum)
   if [[ -f $FAAS_ACTIONLINT/faas-stamp && $(<"$FAAS_ACTIONLINT/faas-stamp") == "$stamp" ]]; then
      return
   fi
   go_ensure "$(sed -n 's/^go //p' "$FAAS_ROOT/tools/actionlint/go.mod")"
   ui_step actionlint "Building actionlint" actionlint_build "$stamp"
}

# actionlint_run: checks the workflow as if it were this repository's, with the action beside it, so that the inputs
# are checked, too.
actionlint_run() {
   local folder
   actionlint_ensure
   folder=$FAAS_ACTIONLINT/project
   rm -rf "$folder"
   mkdir -p "$folder/.github/workflows" "$folder/.git"
   cp "$FAAS_ROOT/action.yml" "$folder"
   sed 's|uses: OWNER/faas-harness@.*|uses: ./|' "$FAAS_ROOT/examples/ci/github.yml" >"$folder/.github/workflows/faas.yml"
   (cd "$folder" && "$FAAS_ACTIONLINT/actionlint" -no-color)
}

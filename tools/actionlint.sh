# actionlint, for action.yml and the workflow in examples/ci: built from the Go module that tools/actionlint pins by version
# and hash, into build/actionlint.
# shellcheck shell=bash

FAAS_ACTIONLINT=$FAAS_BUILD/actionlint

# actionlint_run: checks the workflow as if it were this repository's, with the action beside it, so that the inputs
# are checked, too.
actionlint_run() {
   local folder
   go_program actionlint "$FAAS_ROOT/tools/actionlint" actionlint github.com/rhysd/actionlint/cmd/actionlint
   folder=$FAAS_ACTIONLINT/project
   rm -rf "$folder"
   mkdir -p "$folder/.github/workflows" "$folder/.git"
   cp "$FAAS_ROOT/action.yml" "$folder"
   sed 's|uses: OWNER/faas-harness@.*|uses: ./|' "$FAAS_ROOT/examples/ci/github.yml" >"$folder/.github/workflows/faas.yml"
   (cd "$folder" && "$FAAS_ACTIONLINT/actionlint" -no-color)
}

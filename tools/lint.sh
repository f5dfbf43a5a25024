# Format and script checks, with the venv's formatters, so that everyone uses the same versions.
# shellcheck shell=bash

FAAS_ACTIONLINT=$FAAS_BUILD/actionlint
LINT_PYTHON=('*.py' 'tests/evergreen/stand_ins/bin/*')

# lint_python ARGUMENT...: ruff format with them, of all sources in Python.
lint_python() {
   local sources
   mapfile -d '' -t sources < <(sources_list "${LINT_PYTHON[@]}")
   ((${#sources[@]})) || return 0
   (cd "$FAAS_ROOT" && "$FAAS_VENV/bin/ruff" format --quiet --no-cache "$@" "${sources[@]}")
}

command_format() {
   local sources
   (($# == 0)) || ui_die 2 "format: unknown argument \"$1\""
   venv_ensure
   lint_python
   mapfile -d '' -t sources < <(sources_list '*.c' '*.h')
   ((${#sources[@]})) || return 0
   (cd "$FAAS_ROOT" && "$FAAS_VENV/bin/clang-format" -i "${sources[@]}")
}

# actionlint_run: runs actionlint, built from the Go module that tools/actionlint pins by version and hash, on the workflow in
# examples/ci as if it were this repository's, with the action beside it, so that the inputs are checked, too.
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

# shellcheck disable=SC2120 # its arguments are those of ./dev lint
command_lint() {
   local sources bad=''
   (($# == 0)) || ui_die 2 "lint: unknown argument \"$1\""
   packages_need "${PACKAGES_LINT[@]}"
   venv_ensure
   mapfile -d '' -t sources < <(sources_list '*.c' '*.h')
   (cd "$FAAS_ROOT" && "$FAAS_VENV/bin/clang-format" --dry-run --Werror "${sources[@]}") >&2 || bad+=' C'
   lint_python --diff >&2 || bad+=' Python'
   [[ -z $bad ]] || ui_fail "Not formatted:$bad. Run ./dev format."
   (cd "$FAAS_ROOT" && shellcheck -x -a dev .ci/run packaging/*.sh packaging/upstream/{run-scenario,install-faas-harness-dependencies}.sh tests/*/*.sh .evergreen/scripts/*.sh tests/evergreen/stand_ins/drivers_tools/.evergreen/*/*.sh) >&2 || bad+=' shell'
   [[ ! -e $FAAS_ROOT/action.yml ]] || actionlint_run >&2 || bad+=' action'
   [[ -z $bad ]] || exit 1
   ui_good "✓ lint: ${#sources[@]} C files, $(sources_list "${LINT_PYTHON[@]}" | tr -dc '\0' | wc -c) in Python, $(find "$FAAS_ROOT/tools" -name '*.sh' | wc -l) shell scripts, ./dev and action.yml"
}

# Format and script checks. One formatter of one version (the venv's), so that no one's own decides.
# shellcheck shell=bash

# C sources of the project, tracked or about to be.
lint_sources() {
   git -C "$FAAS_ROOT" ls-files -z --cached --others --exclude-standard -- '*.c' '*.h' |
      (cd "$FAAS_ROOT" && xargs -0 -r ls -d 2>/dev/null)
}

command_format() {
   local sources
   (($# == 0)) || ui_die 2 "format: unknown argument \"$1\""
   venv_ensure
   mapfile -t sources < <(lint_sources)
   ((${#sources[@]})) || return 0
   (cd "$FAAS_ROOT" && "$FAAS_VENV/bin/clang-format" -i "${sources[@]}")
}

# shellcheck disable=SC2120 # its arguments are those of ./dev lint
command_lint() {
   local sources bad='' file
   (($# == 0)) || ui_die 2 "lint: unknown argument \"$1\""
   packages_need "${PACKAGES_LINT[@]}"
   venv_ensure
   mapfile -t sources < <(lint_sources)
   for file in "${sources[@]}"; do
      (cd "$FAAS_ROOT" && "$FAAS_VENV/bin/clang-format" "$file" | diff -u --label "$file" --label "$file (formatted)" "$file" - >&2) ||
         bad+=" $file"
   done
   [[ -z $bad ]] || ui_fail "Not formatted:$bad. ./dev format does it."
   (cd "$FAAS_ROOT" && shellcheck -x -a dev .ci/run packaging/*.sh tests/*/*.sh .evergreen/scripts/*.sh tests/evergreen/stand_ins/drivers_tools/.evergreen/*/*.sh) >&2 || bad+=' shell'
   [[ -z $bad ]] || exit 1
   ui_good "✓ lint: ${#sources[@]} C files, $(find "$FAAS_ROOT/tools" -name '*.sh' | wc -l) shell scripts and ./dev"
}

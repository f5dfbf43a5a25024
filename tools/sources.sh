# The project's own files: tracked and unignored files, or, in a source archive, all that are not ignored.
# shellcheck shell=bash

# sources_list PATTERN...: their names, each followed by a NUL.
sources_list() {
   if [[ $(git -C "$FAAS_ROOT" rev-parse --show-toplevel 2>/dev/null) == "$FAAS_ROOT" ]]; then
      git -C "$FAAS_ROOT" ls-files -z --cached --others --exclude-standard -- "$@" |
         (cd "$FAAS_ROOT" && while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done)
   else
      (cd "$FAAS_ROOT" && GIT_DIR=/dev/null git grep --no-index --exclude-standard -Lz -E -e '.^' -- "$@")
   fi
}

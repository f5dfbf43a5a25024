# Python environments in build/, every package pinned by version and hash: build/venv is that of the tools and tests.
# shellcheck shell=bash

FAAS_VENV=$FAAS_BUILD/venv

# For distributions whose own Python is newer.
VENV_PYTHON_PACKAGES=(python3.13 python3.13-venv)

# The wheels of the embedded server exist for CPython 3.10 to 3.13. Prints nothing when there is none.
venv_find_python() {
   local name
   for name in ${FAAS_VENV_PYTHON:-} python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
      if command -v "$name" >/dev/null &&
         "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
         command -v "$name"
         return
      fi
   done
}

# Sets VENV_PYTHON.
venv_need_python() {
   packages_need python3 python3-venv
   VENV_PYTHON=$(venv_find_python)
   if [[ -z $VENV_PYTHON && -z ${FAAS_SKIP_PACKAGES:-} ]] && apt-cache show "${VENV_PYTHON_PACKAGES[@]}" >/dev/null 2>&1; then
      packages_need "${VENV_PYTHON_PACKAGES[@]}"
      VENV_PYTHON=$(venv_find_python)
   fi
   [[ -n $VENV_PYTHON ]] ||
      ui_die 2 "No CPython 3.10 to 3.13 with venv found, which the embedded server needs." \
         "Install one and name it: FAAS_VENV_PYTHON=/path/to/python3.12 ./dev …"
}

# venv_make PYTHON DIR STAMP LIST [PIP OPTION]...
venv_make() {
   local python=$1 dir=$2 stamp=$3 list=$4
   shift 4
   # pip finishes last, so the stamp exists only for a complete environment.
   rm -rf "$dir"
   "$python" -m venv "$dir"
   "$dir/bin/python" -m pip install --no-input --disable-pip-version-check --only-binary :all: "$@" \
      --require-hashes -r "$list" && echo "$stamp" >"$dir/faas-stamp"
}

# venv_is DIR STAMP: whether it exists, complete and up to date.
venv_is() {
   [[ -f $1/faas-stamp && $(<"$1/faas-stamp") == "$2" && -x $1/bin/python ]]
}

# venv_of DIR LIST WHAT NOTE [PIP OPTION]...: an environment in build/ with everything that tools/LIST pins. WHAT and
# NOTE describe it in messages.
venv_of() {
   local dir=$1 list=$FAAS_ROOT/tools/$2 what=$3 note=$4 name=${1##*/} stamp lock
   shift 4
   stamp=$(sha256sum <"$list")
   ! venv_is "$dir" "$stamp" || return 0
   venv_need_python
   # Another ./dev may be creating it: two would remove each other's files.
   exec {lock}>"$dir.lock"
   if ! flock -n "$lock"; then
      ui_say "Waiting for another ./dev, which is creating build/$name"
      flock "$lock"
   fi
   if ! venv_is "$dir" "$stamp"; then
      ui_say "Installing $what into build/$name $note"
      ui_step "$name" "Creating build/$name" venv_make "$VENV_PYTHON" "$dir" "$stamp" "$list" "$@"
   fi
   exec {lock}>&-
}

venv_ensure() {
   venv_of "$FAAS_VENV" requirements.txt "Python packages" "(about 450 MB): $(sed -n 's/^\([a-z-]*\)\( *[=#].*\)*$/\1/p' \
      "$FAAS_ROOT/tools/requirements.in" | xargs)"
}

# AWS's tools for the template: AWS SAM's command line, with cfn-lint.
FAAS_SAM_VENV=$FAAS_BUILD/sam-venv

sam_ensure() {
   # --no-deps: the list is complete, and pip's resolver takes a package and the same package with extras for two.
   venv_of "$FAAS_SAM_VENV" requirements-sam.txt "the command lines of AWS and SAM, and cfn-lint" "(340 MB)" --no-deps
}

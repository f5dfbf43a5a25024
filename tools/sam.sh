# AWS's tools for the template, in build/sam-venv: AWS SAM's command line and cfn-lint, pinned by version and hash.
# shellcheck shell=bash

FAAS_SAM_VENV=$FAAS_BUILD/sam-venv

sam_create() {
   rm -rf "$FAAS_SAM_VENV"
   "$1" -m venv "$FAAS_SAM_VENV"
   # The list is complete; pip's resolver does not see that a pinned package is also pinned with its extras.
   "$FAAS_SAM_VENV/bin/python" -m pip install --no-input --disable-pip-version-check --only-binary :all: --no-deps \
      --require-hashes -r "$FAAS_ROOT/tools/requirements-sam.txt" && echo "$2" >"$FAAS_SAM_VENV/faas-stamp"
}

sam_ensure() {
   local stamp python
   stamp=$(sha256sum <"$FAAS_ROOT/tools/requirements-sam.txt")
   if [[ -f $FAAS_SAM_VENV/faas-stamp && $(<"$FAAS_SAM_VENV/faas-stamp") == "$stamp" ]]; then
      return
   fi
   packages_need python3 python3-venv
   python=$(venv_find_python)
   ui_say "Installing AWS's command line, that of SAM, and cfn-lint into build/sam-venv (340 MB)"
   ui_step sam-venv "Creating build/sam-venv" sam_create "$python" "$stamp"
}

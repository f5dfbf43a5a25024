# AWS's tools for the template, in build/sam-venv: AWS SAM's command line and cfn-lint, pinned by version and hash.
# shellcheck shell=bash

FAAS_SAM_VENV=$FAAS_BUILD/sam-venv

sam_ensure() {

   # --no-deps: the list is complete, and pip's resolver takes a package and the same package with extras for two.
   venv_of "$FAAS_SAM_VENV" requirements-sam.txt "the command lines of AWS and SAM, and cfn-lint" "(340 MB)" --no-deps
}

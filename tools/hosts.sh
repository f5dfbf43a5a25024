# External programs that call a process over HTTP, for the tests of providers/http: AWS's Lambda Web Adapter in
# build/lwa, and a sender of CloudEvents by their SDK for Go in build/sender.
# shellcheck shell=bash

FAAS_LWA_FOLDER=$FAAS_BUILD/lwa
LWA_VERSION=1.0.0-rc1
LWA_CARGO=1.84 # the rust-version of the crates that it locks

lwa_install() {
   LWA_NEW=$FAAS_BUILD/.new-lwa-$$
   trap 'rm -rf "$LWA_NEW"' EXIT # the step's own
   # Not optimised, so that it builds in 100 seconds of one core; it only passes on a few requests.
   export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_LTO=off
   export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_STRIP=debuginfo
   CARGO_TARGET_DIR=$LWA_NEW/target cargo install --locked --version "=$LWA_VERSION" --root "$LWA_NEW" lambda_web_adapter
   rm -rf "$LWA_NEW/target" "$FAAS_LWA_FOLDER"
   echo "$LWA_VERSION" >"$LWA_NEW/faas-stamp"
   mv -T "$LWA_NEW" "$FAAS_LWA_FOLDER"
}

lwa_is_there() {
   [[ -f $FAAS_LWA_FOLDER/faas-stamp && $(<"$FAAS_LWA_FOLDER/faas-stamp") == "$LWA_VERSION" ]]
}

# If cargo is too old or missing, the tests that need it report that they were skipped: no registry has a compiler.
lwa_ensure() {
   local lock
   if lwa_is_there || ! cargo_is_new_enough "$LWA_CARGO"; then
      return
   fi
   exec {lock}>"$FAAS_LWA_FOLDER.lock"
   flock "$lock"
   if ! lwa_is_there; then
      ui_say "Installing into build/lwa: AWS's Lambda Web Adapter $LWA_VERSION by cargo (20 MB; it takes a minute or two)"
      ui_step lwa "Building AWS's Lambda Web Adapter" lwa_install
   fi
   exec {lock}>&-
}

sender_ensure() {
   go_program sender "$FAAS_ROOT/tests/e2e/sender" "a sender of CloudEvents, with their SDK (20 MB)"
}

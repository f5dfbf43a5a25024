# ./dev upstream: copies the harness into a mongo-c-driver checkout, following that repository's rules.
# shellcheck shell=bash

FAAS_UPSTREAM=$FAAS_BUILD/upstream
# The files of a checkout that are replaced each time.
UPSTREAM_PATHS=(src/faas-harness .evergreen/config_generator/components/faas_harness.py
   .evergreen/scripts/install-faas-harness-dependencies.sh .evergreen/scripts/run-faas-harness-tests.sh)

command_upstream() {
   local checkout dir
   (($# == 1)) || ui_die 2 "upstream takes one argument, a mongo-c-driver checkout; found $#. See ./dev upstream --help"
   checkout=$(upstream_checkout "$1") || exit
   dir=$FAAS_UPSTREAM/$(sha256sum <<<"$checkout" | cut -c 1-8)
   upstream_check_edits "$checkout" "$dir/laid"
   packages_need "${PACKAGES_BUILD[@]}" "${PACKAGES_SOURCE_DRIVER[@]}"
   venv_ensure

   mkdir -p "$dir"
   ui_step upstream-lay "Copying to src/faas-harness" upstream_lay "$checkout"
   upstream_uv_ensure
   ui_step upstream-format "Formatting it with the checkout's tools" upstream_format "$checkout" "$dir"
   ui_step upstream-evergreen "Generating the checkout's Evergreen configuration" upstream_evergreen "$checkout" "$dir"
   upstream_listing "$checkout" >"$dir/laid"
   ui_step upstream-configure "Configuring the checkout" upstream_configure "$checkout" "$dir/cmake-build"
   ui_step upstream-build "Building the driver, the harness and its tests" cmake --build "$dir/cmake-build" \
      --target src/faas-harness/all faas_unit_tests
   upstream_test "$dir/cmake-build"
   ui_good "✓ the harness is src/faas-harness in $checkout, formatted, built and tested; nothing is committed:"
   upstream_changes "$checkout"
}

# The absolute path of a checkout, after checking that it has what is needed.
upstream_checkout() {
   local source name
   source=$(cd "$1" 2>/dev/null && pwd -P) || ui_die 2 "upstream: no folder $1"
   for name in CMakeLists.txt src/CMakeLists.txt src/libmongoc .clang-format tools/format.py .evergreen/config_generator; do
      [[ -e $source/$name ]] ||
         ui_die 2 "upstream: $source has no $name, so it is not a checkout of mongo-c-driver 2.x. Get one: git clone https://github.com/mongodb/mongo-c-driver"
   done
   echo "$source"
}

# upstream_listing CHECKOUT: each copied file, with a checksum.
upstream_listing() {
   (cd "$1" && { find "${UPSTREAM_PATHS[@]}" -type f -print0 2>/dev/null || true; } | LC_ALL=C sort -z | xargs -0 -r sha256sum)
}

# Edits made in the checkout after the copy would be lost.
upstream_check_edits() {
   local checkout=$1 laid=$2 found edited
   found=$(upstream_listing "$checkout")
   [[ -n $found ]] || return 0
   [[ -f $laid ]] ||
      ui_die 2 "upstream: $checkout already has src/faas-harness or files of it, which this repository did not copy there." \
         "Remove it (git clean -d src/faas-harness .evergreen) and run this again."
   edited=$({ diff "$laid" - <<<"$found" || true; } | sed -n 's/^[<>] [0-9a-f]*  //p' | sort -u | head -n 5 | xargs)
   [[ -z $edited ]] || ui_die 2 "upstream: these files in $checkout were edited after they were copied there: $edited." \
      "Make the change in this repository, remove them there, and run this again."
}

# uv runs the checkout's tools with the versions of its uv.lock.
upstream_uv_ensure() {
   UPSTREAM_UV=$(command -v uv || true)
   [[ -z $UPSTREAM_UV ]] || return 0
   venv_of "$FAAS_BUILD/upstream-venv" requirements-upstream.txt "uv" "(60 MB)"
   UPSTREAM_UV=$FAAS_BUILD/upstream-venv/bin/uv
}

# upstream_uv CHECKOUT DIR ARGUMENT...: uv run, with its environment in DIR rather than in the checkout.
upstream_uv() {
   local checkout=$1 dir=$2
   shift 2
   (cd "$checkout" && UV_PROJECT_ENVIRONMENT=$dir/venv UV_PYTHON=$FAAS_VENV/bin/python "$UPSTREAM_UV" run --frozen "$@")
}

upstream_lay() {
   "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/upstream.py" "$FAAS_ROOT" "$1"
}

upstream_format() {
   local checkout=$1 scripts=("${UPSTREAM_PATHS[@]:2}" src/faas-harness/tests/run-scenario.sh) sources
   mapfile -t sources < <(cd "$checkout" && find src/faas-harness -name '*.[ch]')
   upstream_uv "$@" --only-group format tools/format.py "${sources[@]}"
   upstream_uv "$@" --only-group format tools/format.py --mode=check "${sources[@]}"
   upstream_uv "$@" --only-group format-scripts ruff check --select I --fix "${UPSTREAM_PATHS[1]}"
   upstream_uv "$@" --only-group format-scripts ruff format "${UPSTREAM_PATHS[1]}"
   upstream_uv "$@" --only-group format-scripts shfmt -i 2 -d "${scripts[@]}"
}

upstream_evergreen() {
   upstream_uv "$@" --no-default-groups --group evg mc-evg-generate
}

# As in its CI (.evergreen/scripts/compile-unix.sh): all warnings are errors, and gcc finds more of them with -O2.
upstream_configure() {
   cmake -S "$1" -B "$2" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DENABLE_MAINTAINER_FLAGS=ON -DENABLE_FAAS_HARNESS=ON \
      -DENABLE_SSL=OPENSSL -DENABLE_SASL=OFF -DENABLE_CLIENT_SIDE_ENCRYPTION=OFF
}

# With the embedded server, or the one in MONGODB_URI.
upstream_test() {
   local status=0
   server_use
   MONGOC_TEST_URI=$MONGODB_URI ctest --test-dir "$1/src/faas-harness" --output-on-failure -j "$((2 * $(nproc)))" \
      >"$FAAS_LOGS/upstream-test.log" 2>&1 || status=$?
   grep -E 'tests passed|\(Failed\)|\(Timeout\)|\(Skipped\)|No tests were found' "$FAAS_LOGS/upstream-test.log" >&2 || true
   ((status == 0)) || ui_die 1 "upstream: tests of the harness failed in the checkout; see $FAAS_LOGS/upstream-test.log"
}

# upstream_changes CHECKOUT: git's status of it, if the checkout is a git repository.
upstream_changes() {
   [[ $(git -C "$1" rev-parse --show-toplevel 2>/dev/null) == "$1" ]] || return 0
   git -C "$1" status --short
}

# ./dev test: every test in every build tree where it makes sense.
# shellcheck shell=bash

# Labels of the tests whose results depend on the driver.
TEST_OF_DRIVERS='libcurl|driver|scenario|faults|deadline|connections|handshake|input'

# Labels of the tests that do not run under sanitizers. Packages, builds, installations, scripts, pages, surveys and
# functions in other languages only run the same programs again; a sanitizer would disturb those marked plain. With the
# default driver all others run only under sanitizers, where they find the same, except those marked both.
TEST_PLAIN='plain|package|release|install|bench|rie|sam|browser|docs|evergreen|survey|functions'

# The tests' environment.
test_environment() {
   export FAAS_VENV FAAS_PYTHON=$FAAS_VENV/bin/python FAAS_BUILD_TREE=$BUILD_TREE FAAS_BUILD_NAME=$BUILD_NAME
   export FAAS_DRIVER=$DRIVER_CHOICE FAAS_DRIVER_SLUG=$DRIVER_SLUG FAAS_HARNESS=$BUILD_TREE/bin/faas-harness
   unset MONGODB_URI AWS_LAMBDA_RUNTIME_API FAAS_HARNESS_PROVIDER
   export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:abort_on_error=1}
   export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
   export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:suppressions=$FAAS_ROOT/tools/tsan.supp}
}

# What ./dev test --quick leaves out: whole drills, and tests that build or need more than the tree.
TEST_NOT_QUICK='package|install|browser|rie|bench|managed|driver'

# What tests need besides the tree.
test_programs() {
   node_ensure
   functions_ensure python node go java libmongoc php # Rust's takes minutes to build, so its tests run only if it was built
   sender_ensure
}

# test_tree KIND DRIVER TARGETS [CTEST ARGUMENTS...]: builds TARGETS (words; none: all) and runs tests of that tree.
test_tree() {
   local kind=$1 driver=$2 targets
   read -ra targets <<<"$3"
   shift 3
   build_tree "$kind" "$driver" "${targets[@]}"
   test_programs
   test_run "$@"
}

# test_run [CTEST ARGUMENTS...]: in the last tree built. Adds a line to the file TEST_RESULTS: status, JUnit file and
# counts.
test_run() {
   local status=0 counts log=$FAAS_LOGS/test-$BUILD_NAME
   ui_head "== $BUILD_NAME: ctest $*"
   (
      test_environment
      # Most tests wait more than they compute.
      ctest --test-dir "$BUILD_TREE" --output-on-failure -j "$((6 * $(nproc)))" --output-junit "$log.xml" "$@"
   ) 2>&1 | tee "$log.log" || status=$?
   counts=$("$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/ctest_results.py" counts "$log.xml") || status=1
   printf '%s\t%s\t%s\n' "$status" "$log.xml" "$BUILD_NAME: $counts" >>"$TEST_RESULTS"
}

# test_beside NAME COMMAND...: runs it in the background, with its output in build/logs/NAME.log; test_join prints that.
test_beside() {
   local name=$1
   shift
   # Its own process group, which test_end can end.
   set -m
   (
      set +m
      # shellcheck disable=SC2034 # build_tree's
      BUILD_LINKED=''
      "$@"
   ) >"$FAAS_LOGS/$name.log" 2>&1 </dev/null &
   set +m
   TEST_BESIDE+=("$! $name")
   ui_say "· Beside this: $name, see $FAAS_LOGS/$name.log"
}

# Ends what still runs in the background after a failed build, or at Ctrl-C.
test_end() {
   local pid
   for pid in "${TEST_BESIDE[@]%% *}"; do
      kill -- "-$pid" 2>/dev/null || true
   done
}

# Waits for all that runs in the background. What ended before its tests were over counts as failed.
test_join() {
   local pid name status
   for name in "${TEST_BESIDE[@]}"; do
      read -r pid name <<<"$name"
      status=0
      wait "$pid" || status=$?
      cat "$FAAS_LOGS/$name.log"
      ((status == 0)) || printf '%s\t-\t%s\n' "$status" "$name: ended with status $status, see $FAAS_LOGS/$name.log" >>"$TEST_RESULTS"
   done
   TEST_BESIDE=()
}

# Downloads, in the order in which they are needed.
test_fetch() {
   local other=arm64
   [[ $(uname -m) != aarch64 ]] || other=amd64
   driver_from_debian forky
   debian_source "$CURL_SUITE" curl
   debian_source "$OPENSSL_SUITE" openssl
   debian_source "$LEAN_SUITE" mongo-c-driver
   driver_from_debian trixie
   release_venv_ensure
   DRIVER_ARCH=$other driver_from_debian forky
}

# Mostly downloads and one compiler, so there is a core for the others.
test_tools() {
   sam_ensure
   lwa_ensure
}

# With the sanitizers. The thread sanitizer can find something only in concurrent tests.
test_sanitized() {
   build_tree asan ''
   lwa_ensure # its tests skip without it
   test_tree asan '' '' -LE "$TEST_PLAIN"
   test_tree tsan '' 'faas_thread_tests faas_driver_tests faas-provider-check faas_provider_check_tests' -L 'threads|driver|scenario|deadline|connections|managed'
}

# Older drivers, whose faults the harness must find.
test_drivers() {
   test_tree dev system faas_driver_tests -L "$TEST_OF_DRIVERS"
   test_tree dev debian:trixie faas_driver_tests -L "$TEST_OF_DRIVERS"
   # The distribution's source package in place of a checkout, linked statically.
   debian_source "$LEAN_SUITE" mongo-c-driver
   test_tree dev "source:$DEBIAN_SOURCE" faas_driver_tests -L 'driver|scenario|checkout'
}

test_other_trees() {
   test_sanitized
   test_drivers
}

# test_all: every tree. Parts run side by side, because each waits for a core, the network or its longest test at times.
test_all() {
   test_beside fetch test_fetch
   test_beside tools test_tools
   # shellcheck disable=SC2119
   command_lint
   build_tree dev ''
   test_programs
   test_beside other-trees test_other_trees
   test_tree dev '' '' -L "$TEST_PLAIN|both"
   # The other compiler has other warnings; its tests would show nothing new.
   build_tree dev ''
   ui_step clang-warnings "Asking clang for warnings" "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/clang_warnings.py" "$BUILD_TREE"
   ui_good "✓ $BUILD_NAME: clang has no warning"
   test_join
}

# test_of_change PATH: a pattern for the quick tests that a change of PATH can break, besides unit tests.
test_of_change() {
   local part
   case $1 in
      tests/*/test_*.py)
         part=${1#tests/}
         printf '%s\\.%s\\.\n' "${part%%/*}" "$(basename "$1" .py | sed 's/^test_//')"
         ;;
      core/* | include/*) printf '%s\n' 'e2e\.(abi|local|bad_input)\.' ;;
      common/*) printf '%s\n' 'e2e\.bad_input\.' 'drill\.command_lines\.' ;;
      providers/local/*) printf '%s\n' 'e2e\.local\.' ;;
      providers/openwhisk/*) printf '%s\n' 'e2e\.openwhisk\.' ;;
      providers/http/*) printf '%s\n' 'e2e\.http' ;;
      providers/*) printf '%s\n' 'e2e\.runtime_api' ;;
      provider_check/*) printf '%s\n' 'provider_check\.check\.' ;;
      drill/phases/*dropped*) printf '%s\n' 'drill\.dropped\.' ;;
      drill/phases/phase_init_frozen* | drill/phases/phase_killed* | drill/phases/phase_timeout*) printf '%s\n' 'drill\.life\.' ;;
      drill/phases/phase_moved*) printf '%s\n' 'drill\.moved\.' ;;
      drill/phases/phase_restore*) printf '%s\n' 'drill\.restore\.' ;;
      drill/phases/phase_rotated* | drill/phases/*cold*start*) printf '%s\n' 'drill\.secure\.' ;;
      drill/phases/*slow*) printf '%s\n' 'drill\.slow\.' ;;
      drill/phases/*storm* | drill/phases/*overload*) printf '%s\n' 'drill\.storm\.' ;;
      drill/host/* | drill/function/* | drill/lambda/*) printf '%s\n' 'drill\.host' ;;
      drill/service/*) printf '%s\n' 'drill\.(platform|drill_refused)\.' ;;
      drill/front/*) printf '%s\n' 'drill\.front\.' ;;
      drill/results/*) printf '%s\n' 'drill\.(results|expectations)\.' ;;
      drill/template/*) printf '%s\n' 'drill\.template\.' ;;
      drill/*) printf '%s\n' 'drill\.(command_lines|expectations|seeded)\.' ;;
      *.md | docs/*) printf '%s\n' 'docs\.(links|names|architecture)' ;;
      packaging/upstream/* | tools/upstream*) printf '%s\n' 'evergreen\.upstream\.(lines|a_checkout|no_checkout|what)' ;;
      tools/survey/*) printf '%s\n' 'drill\.survey_table\.' ;;
      dev | tools/*) printf '%s\n' 'evergreen\.dev_(clean|drill|venv)' ;;
   esac
}

# test_quick [CTEST ARGUMENTS...]: with the default driver, unit tests, the scenario, and what the changes since the last commit,
# or that commit itself, can break.
test_quick() {
   local pattern path
   local -a changed
   mapfile -t changed < <(git -C "$FAAS_ROOT" diff --name-only HEAD && git -C "$FAAS_ROOT" ls-files --others --exclude-standard)
   ((${#changed[@]})) || mapfile -t changed < <(git -C "$FAAS_ROOT" diff --name-only HEAD~1)
   pattern=$(for path in "${changed[@]}"; do test_of_change "$path"; done | sort -u | paste -sd '|')
   build_tree dev '' faas_unit_tests faas_driver_tests faas_fuzz_tests faas_drill_support faas-provider-check faas_provider_check_tests
   test_run -R "^(unit\.|fuzz\.|e2e\.scenario\.${pattern:+|$pattern})" -LE "$TEST_NOT_QUICK" "$@"
}

command_test() {
   local start=$SECONDS status file counts failed=0 files=() summary=()
   arguments_read "driver quick!" "$@"
   set -- "${REST[@]}"
   TEST_BESIDE=() TEST_RESULTS=$FAAS_LOGS/test-results
   mkdir -p "$FAAS_LOGS"
   : >"$TEST_RESULTS"
   trap test_end EXIT

   if [[ -n $ARG_quick ]]; then
      [[ -z $ARG_driver ]] || ui_die 2 "test: --quick uses the default driver; remove --driver."
      test_quick "$@"
   elif (($#)) || [[ -n $ARG_driver ]]; then
      test_tree dev "$ARG_driver" '' "$@"
   else
      # All at once, instead of before each tree.
      packages_need "${PACKAGES_BUILD[@]}" "${PACKAGES_ZIP[@]}" "${PACKAGES_LINT[@]}" "${PACKAGES_SYSTEM_DRIVER[@]}" \
         "${PACKAGES_SOURCE_DRIVER[@]}" "${PACKAGES_CLANG[@]}" "${PACKAGES_BROWSER[@]}" "${PACKAGES_LAMBDA[@]}" "${PACKAGES_JAVA[@]}" "${PACKAGES_PHP[@]}"
      test_all
   fi
   while IFS=$'\t' read -r status file counts; do
      summary+=("$counts")
      ((status == 0)) || failed=1
      [[ ! -f $file ]] || files+=("$file")
   done <"$TEST_RESULTS"
   # Repeated at the end, where people and CI look in half an hour's output.
   ((failed == 0)) || "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/ctest_results.py" failures "${files[@]}"
   printf '\n'
   printf '%s\n' "${summary[@]}"
   ui_say "$((SECONDS - start)) s"
   return "$failed"
}

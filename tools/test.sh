# ./dev test: every test in every build tree where it makes sense.
# shellcheck shell=bash

# Labels of the tests whose results depend on the driver.
TEST_OF_DRIVERS='libcurl|driver|scenario|faults|deadline|connections|handshake|input'

# Labels of the tests that do not run under sanitizers. Packages, builds, installations, scripts, pages, surveys and
# functions in other languages only run the same programs again; a sanitizer would disturb those marked plain.
TEST_PLAIN='plain|package|release|install|bench|rie|sam|browser|docs|evergreen|survey|functions'
# Labels of the tests that take the longest. They find the same under sanitizers, so with the default driver they run
# only there, except those marked plain.
TEST_SANITIZED='^(phases|front|host|platform|restore|seeded)$'

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
TEST_NOT_QUICK='phases|package|install|browser|rie|bench|managed|driver'

# test_tree KIND DRIVER TARGETS [CTEST ARGUMENTS...]: builds TARGETS (words; none: all) and runs tests of that tree; adds to
# TEST_SUMMARY and TEST_STATUS.
test_tree() {
   local kind=$1 driver=$2 targets
   read -ra targets <<<"$3"
   shift 3
   build_tree "$kind" "$driver" "${targets[@]}"
   node_ensure
   functions_ensure python node go java libmongoc php # Rust's takes minutes to build, so its tests run only if it was built
   senders_ensure
   test_run "$@"
}

# test_run [CTEST ARGUMENTS...]: in the last tree built.
test_run() {
   local name=test-$BUILD_NAME status=0 counts log
   # A tree's second run.
   [[ " ${TEST_RESULTS[*]} " != *"/$name.xml "* ]] || name+=-more
   log=$FAAS_LOGS/$name.log
   ui_head "== $BUILD_NAME: ctest $*"
   (
      test_environment
      # Most tests wait more than they compute.
      ctest --test-dir "$BUILD_TREE" --output-on-failure -j "$((6 * $(nproc)))" --output-junit "$FAAS_LOGS/$name.xml" "$@"
   ) 2>&1 | tee "$log" || status=$?
   counts=$("$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/ctest_results.py" counts "$FAAS_LOGS/$name.xml") || status=1
   ((status == 0)) || TEST_STATUS=1
   TEST_RESULTS+=("$FAAS_LOGS/$name.xml")
   TEST_SUMMARY+=("$BUILD_NAME: $counts")
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
      drill/host/* | drill/function/* | drill/lambda/*) printf '%s\n' 'drill\.host' ;;
      drill/service/*) printf '%s\n' 'drill\.platform\.' ;;
      drill/front/*) printf '%s\n' 'drill\.front\.' ;;
      drill/results/*) printf '%s\n' 'drill\.(results|expectations)\.' ;;
      drill/template/*) printf '%s\n' 'drill\.template\.' ;;
      drill/*) printf '%s\n' 'drill\.(command_lines|expectations|seeded)\.' ;;
      *.md | docs/*) printf '%s\n' 'docs\.(links|names|shown|reference|architecture)' ;;
      packaging/upstream/* | tools/upstream*) printf '%s\n' 'evergreen\.upstream\.(lines|a_checkout|no_checkout|what)' ;;
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
   local start=$SECONDS line tools
   arguments_read "driver" "$@"
   set -- "${REST[@]}"
   TEST_STATUS=0 TEST_SUMMARY=() TEST_RESULTS=()

   if [[ ${1:-} == --quick ]]; then
      [[ -z $ARG_driver ]] || ui_die 2 "test: --quick uses the default driver; remove --driver."
      test_quick "${@:2}"
   elif (($#)) || [[ -n $ARG_driver ]]; then
      test_tree dev "$ARG_driver" '' "$@"
   else
      # All at once, instead of before each tree.
      packages_need "${PACKAGES_BUILD[@]}" "${PACKAGES_ZIP[@]}" "${PACKAGES_LINT[@]}" "${PACKAGES_SYSTEM_DRIVER[@]}" \
         "${PACKAGES_SOURCE_DRIVER[@]}" "${PACKAGES_CLANG[@]}" "${PACKAGES_BROWSER[@]}" "${PACKAGES_LAMBDA[@]}" "${PACKAGES_JAVA[@]}" "${PACKAGES_PHP[@]}"
      # Mostly downloads and one compiler, so there is a core for the others.
      (
         sam_ensure
         lwa_ensure
      ) &
      tools=$!
      # shellcheck disable=SC2119
      command_lint
      build_tree dev ''
      wait "$tools"
      test_tree dev '' '' -LE "$TEST_SANITIZED"
      test_run -L "$TEST_SANITIZED" -L "$TEST_PLAIN"
      # Older drivers, whose faults the harness must find.
      test_tree dev system faas_driver_tests -L "$TEST_OF_DRIVERS"
      test_tree dev debian:trixie faas_driver_tests -L "$TEST_OF_DRIVERS"
      # The distribution's source package in place of a checkout, linked statically.
      debian_source "$LEAN_SUITE" mongo-c-driver
      test_tree dev "source:$DEBIAN_SOURCE" faas_driver_tests -L 'driver|scenario'
      test_tree asan '' '' -LE "$TEST_PLAIN"
      test_tree tsan '' 'faas_unit_tests faas_driver_tests faas-provider-check faas_provider_check_tests' -L 'unit|driver|scenario|deadline|connections|managed'
      # Leaves build/bin as ./dev build does.
      build_tree dev ''
      # The other compiler has other warnings; its tests would show nothing new.
      ui_step clang-warnings "Asking clang for warnings" "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/clang_warnings.py" "$BUILD_TREE"
      ui_good "✓ $BUILD_NAME: clang has no warning"
   fi
   # Repeated at the end, where people and CI look in half an hour's output.
   ((TEST_STATUS == 0)) || "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/ctest_results.py" failures "${TEST_RESULTS[@]}"
   printf '\n'
   for line in "${TEST_SUMMARY[@]}"; do
      printf '%s\n' "$line"
   done
   ui_say "$((SECONDS - start)) s"
   return "$TEST_STATUS"
}

# ./dev test: every test on every build tree it has a meaning in.
# shellcheck shell=bash

# Labels of the tests whose outcome depends on the driver.
TEST_OF_DRIVERS='libcurl|driver|scenario|faults|deadline|connections|handshake|input'

# What tests find in their environment.
test_environment() {
   export FAAS_VENV FAAS_PYTHON=$FAAS_VENV/bin/python FAAS_BUILD_TREE=$BUILD_TREE FAAS_BUILD_NAME=$BUILD_NAME
   export FAAS_DRIVER=$DRIVER_CHOICE FAAS_DRIVER_SLUG=$DRIVER_SLUG FAAS_HARNESS=$BUILD_TREE/bin/faas-harness
   unset MONGODB_URI AWS_LAMBDA_RUNTIME_API FAAS_HARNESS_PROVIDER
   export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:abort_on_error=1}
   export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
   export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:suppressions=$FAAS_ROOT/tools/tsan.supp}
}

# test_tree KIND DRIVER [CTEST ARGUMENTS...]: builds the tree and runs its tests; adds to TEST_SUMMARY and TEST_STATUS.
test_tree() {
   local kind=$1 driver=$2 log status=0 counts
   shift 2
   build_tree "$kind" "$driver"
   node_ensure
   functions_ensure python node go java libmongoc php # Rust's takes minutes: its tests are for those who have built it
   senders_ensure
   log=$FAAS_LOGS/test-$BUILD_NAME.log
   ui_head "== $BUILD_NAME: ctest $*"
   (
      test_environment
      # Most tests wait more than they work.
      ctest --test-dir "$BUILD_TREE" --output-on-failure -j "$((3 * $(nproc)))" --output-junit "$FAAS_LOGS/test-$BUILD_NAME.xml" "$@"
   ) 2>&1 | tee "$log" || status=$?
   counts=$("$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/ctest_results.py" counts "$FAAS_LOGS/test-$BUILD_NAME.xml") || status=1
   ((status == 0)) || TEST_STATUS=1
   TEST_RESULTS+=("$FAAS_LOGS/test-$BUILD_NAME.xml")
   TEST_SUMMARY+=("$BUILD_NAME: $counts")
}

command_test() {
   local start=$SECONDS line
   arguments_read "driver" "$@"
   set -- "${REST[@]}"
   TEST_STATUS=0 TEST_SUMMARY=() TEST_RESULTS=()

   if (($#)) || [[ -n $ARG_driver ]]; then
      test_tree dev "$ARG_driver" "$@"
   else
      # All at once, rather than a halt for some more before every tree.
      packages_need "${PACKAGES_BUILD[@]}" "${PACKAGES_ZIP[@]}" "${PACKAGES_LINT[@]}" "${PACKAGES_SYSTEM_DRIVER[@]}" \
         "${PACKAGES_SOURCE_DRIVER[@]}" "${PACKAGES_CLANG[@]}" "${PACKAGES_BROWSER[@]}" "${PACKAGES_LAMBDA[@]}" "${PACKAGES_JAVA[@]}" "${PACKAGES_PHP[@]}"
      # shellcheck disable=SC2119
      command_lint
      sam_ensure
      lwa_ensure
      test_tree dev ''
      # The drivers of other generations: what they do wrong is what the harness is for.
      test_tree dev system -L "$TEST_OF_DRIVERS"
      test_tree dev debian:trixie -L "$TEST_OF_DRIVERS"
      # A checkout, linked statically: the distribution's own source package stands in for one.
      lean_source mongo-c-driver
      test_tree dev "source:$LEAN_SOURCE" -L 'driver|scenario'
      # Packages, builds, installations and surveys are the same programs again.
      test_tree asan '' -LE 'package|install|bench|rie|sam|browser|survey'
      test_tree tsan '' -L 'unit|driver|scenario|deadline|connections|managed'
      # The other compiler has other warnings; its tests would tell nothing new.
      build_tree clang ''
      ui_good "✓ $BUILD_NAME compiles without a warning"
      # Leaves build/bin as ./dev build does.
      build_tree dev ''
   fi
   # Of half an hour's output, people and CI's records keep the end.
   ((TEST_STATUS == 0)) || "$FAAS_VENV/bin/python" "$FAAS_ROOT/tools/ctest_results.py" failures "${TEST_RESULTS[@]}"
   printf '\n'
   for line in "${TEST_SUMMARY[@]}"; do
      printf '%s\n' "$line"
   done
   ui_say "$((SECONDS - start)) s"
   return "$TEST_STATUS"
}

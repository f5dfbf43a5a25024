# Unit tests: every cmocka case is a separate ctest.

# The unit tests whose code can start a thread: the thread sanitizer can find something only in these. A build of any
# other fails.
set(FAAS_TESTS_OF_THREADS
    aws_lambda.kept_connection
    aws_lambda.provider
    capture
    connections
    drill.checks
    drill.deployment
    drill.dropped_advice
    drill.environment
    drill.expectations
    drill.front_timeline
    drill.host_out_of_memory
    drill.host_parts
    drill.managed_instance
    drill.moved
    drill.options
    drill.timeline
    worker)

# faas_add_cmocka_test(NAME capture SOURCES test_capture.c [LIBRARIES …] [LABELS …] [TIMEOUT seconds])
#
# Registers each case that the built program prints for --list as unit.<name>.<case>, with FAAS_TEST_PREFIX before it.
function(faas_add_cmocka_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TIMEOUT" "SOURCES;LIBRARIES;LABELS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  set(target "test_${arg_NAME}")
  add_executable(${target} ${arg_SOURCES})
  add_dependencies(faas_unit_tests ${target})
  set(nm "")
  if(arg_NAME IN_LIST FAAS_TESTS_OF_THREADS)
    list(APPEND arg_LABELS threads)
    if(TARGET faas_thread_tests)
      add_dependencies(faas_thread_tests ${target})
    endif()
  elseif(TARGET faas_thread_tests AND NOT FAAS_DRIVER_STATIC) # a static driver brings threads into all
    set(nm "${CMAKE_NM}")
  endif()
  target_link_libraries(${target} PRIVATE faas_test_support faas::warnings ${arg_LIBRARIES})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  set(list_file "${CMAKE_CURRENT_BINARY_DIR}/${target}.cmake")
  add_custom_command(
    TARGET ${target} POST_BUILD
    BYPRODUCTS "${list_file}"
    COMMAND
      "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:${target}>" "-DPREFIX=${FAAS_TEST_PREFIX}unit.${arg_NAME}" "-DLABELS=${arg_LABELS}"
      "-DTIMEOUT=${arg_TIMEOUT}" "-DNM=${nm}" "-DLIST_FILE=${list_file}" -P "${PROJECT_SOURCE_DIR}/cmake/FaasTestsDiscover.cmake"
    COMMENT "Listing the cases of ${target}"
    VERBATIM)
  # Before the first build there is no list: a failing test says so, because no test at all would look like success.
  file(
    WRITE "${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake"
    "if(EXISTS \"${list_file}\")\n  include(\"${list_file}\")\nelse()\n  add_test(${FAAS_TEST_PREFIX}unit.${arg_NAME}.not_built false)\nendif()\n")
  set_property(
    DIRECTORY
    APPEND
    PROPERTY TEST_INCLUDE_FILES "${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake")
endfunction()

# Run after a test program is built: asks it for its cases and writes them as ctest entries.
execute_process(
  COMMAND "${PROGRAM}" --list
  OUTPUT_VARIABLE cases
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(NM)
  execute_process(COMMAND "${NM}" -D --undefined-only "${PROGRAM}" OUTPUT_VARIABLE symbols ERROR_QUIET)
  if(symbols MATCHES "pthread_create")
    message(FATAL_ERROR "${PREFIX} can start a thread: add it to FAAS_TESTS_OF_THREADS in cmake/FaasTests.cmake.")
  endif()
endif()
string(REPLACE "\n" ";" cases "${cases}")
set(text "")
foreach(case IN LISTS cases)
  string(APPEND text "add_test(\"${PREFIX}.${case}\" \"${PROGRAM}\" \"${case}\")\n")
  string(APPEND text "set_tests_properties(\"${PREFIX}.${case}\" PROPERTIES LABELS \"${LABELS}\" TIMEOUT ${TIMEOUT} "
                     "SKIP_RETURN_CODE 77)\n")
endforeach()
file(WRITE "${LIST_FILE}" "${text}")

# Run by ctest: updates the list of cases and reads it. Input: the FAAS_PYTEST_… set in FaasPytest.cmake.

file(GLOB _sources "${FAAS_PYTEST_DIRECTORY}/*.py" "${FAAS_PYTEST_DIRECTORY}/pytest.ini" ${FAAS_PYTEST_CASES_IN})
set(_stale FALSE)
foreach(_source IN LISTS _sources ITEMS "${FAAS_PYTEST_SCRIPT}" "${CMAKE_CURRENT_LIST_FILE}"
              "${CMAKE_CURRENT_LIST_DIR}/../tests/e2e/ctest_plugin.py")
  if("${_source}" IS_NEWER_THAN "${FAAS_PYTEST_LIST}") # also when there is no list
    set(_stale TRUE)
  endif()
endforeach()

if(_stale)
  file(REMOVE "${FAAS_PYTEST_LIST}")
  set(ENV{FAAS_CTEST_PREFIX} "${FAAS_PYTEST_PREFIX}")
  set(ENV{FAAS_CTEST_ENVIRONMENT} "${FAAS_PYTEST_ENVIRONMENT}")
  execute_process(
    COMMAND "${FAAS_PYTEST_PYTHON}" -m pytest --collect-only -q "--ctest-file=${FAAS_PYTEST_LIST}"
    WORKING_DIRECTORY "${FAAS_PYTEST_DIRECTORY}"
    OUTPUT_QUIET ERROR_QUIET)
endif()

if(EXISTS "${FAAS_PYTEST_LIST}")
  include("${FAAS_PYTEST_LIST}")
else()
  # Fails with the reason: the interpreter or a package is missing, or a test file has an error.
  add_test("${FAAS_PYTEST_PREFIX}.collect" "${FAAS_PYTEST_PYTHON}" -m pytest --collect-only -q)
  set_tests_properties("${FAAS_PYTEST_PREFIX}.collect" PROPERTIES WORKING_DIRECTORY "${FAAS_PYTEST_DIRECTORY}")
endif()

foreach(_step IN ITEMS start stop)
  add_test("${FAAS_PYTEST_PREFIX}.server.${_step}" "${FAAS_PYTEST_PYTHON}" "${FAAS_PYTEST_SERVER}" ${_step}
           "${FAAS_PYTEST_SERVER_FILE}")
  set_tests_properties("${FAAS_PYTEST_PREFIX}.server.${_step}" PROPERTIES TIMEOUT 300 LABELS "${FAAS_PYTEST_PREFIX}")
endforeach()
set_tests_properties("${FAAS_PYTEST_PREFIX}.server.start" PROPERTIES FIXTURES_SETUP "${FAAS_PYTEST_PREFIX}_server")
set_tests_properties("${FAAS_PYTEST_PREFIX}.server.stop" PROPERTIES FIXTURES_CLEANUP "${FAAS_PYTEST_PREFIX}_server")

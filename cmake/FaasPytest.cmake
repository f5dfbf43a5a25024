# End-to-end tests: every pytest case is a separate ctest.

# An interpreter with the packages of tools/requirements.txt; it need not exist before the tests run.
if(NOT FAAS_PYTHON AND EXISTS "${CMAKE_BINARY_DIR}/venv/bin/python")
  set(FAAS_PYTHON "${CMAKE_BINARY_DIR}/venv/bin/python")
elseif(NOT FAAS_PYTHON)
  find_program(FAAS_PYTHON_FOUND NAMES python3)
  set(FAAS_PYTHON "${FAAS_PYTHON_FOUND}")
endif()
set(FAAS_PYTHON
    "${FAAS_PYTHON}"
    CACHE FILEPATH "Python with pytest, pymongo, jsonschema, psutil and secantusdb")

# faas_discover_pytest(e2e DIRECTORY dir SERVER script ENVIRONMENT NAME=value… [CASES_IN glob…])
#
# Registers the cases of DIRECTORY's test_*.py as e2e.<file>.<case>. They are collected when ctest runs, and again
# only after a change there or in the files of CASES_IN, so a new case needs no build. `SERVER start|stop FILE` runs
# around the cases that share a server.
function(faas_discover_pytest prefix)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DIRECTORY;SERVER" "ENVIRONMENT;CASES_IN")
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${prefix}_include.cmake")
  set(server_file "${CMAKE_CURRENT_BINARY_DIR}/${prefix}_server")
  # Generated, because the environment names targets' files.
  file(
    GENERATE
    OUTPUT "${script}"
    CONTENT
      "set(FAAS_PYTEST_SCRIPT [==[${script}]==])
set(FAAS_PYTEST_PREFIX [==[${prefix}]==])
set(FAAS_PYTEST_PYTHON [==[${FAAS_PYTHON}]==])
set(FAAS_PYTEST_DIRECTORY [==[${arg_DIRECTORY}]==])
set(FAAS_PYTEST_SERVER [==[${arg_SERVER}]==])
set(FAAS_PYTEST_SERVER_FILE [==[${server_file}]==])
set(FAAS_PYTEST_ENVIRONMENT [==[${arg_ENVIRONMENT};FAAS_TEST_SERVER_FILE=${server_file}]==])
set(FAAS_PYTEST_CASES_IN [==[${arg_CASES_IN}]==])
set(FAAS_PYTEST_LIST [==[${CMAKE_CURRENT_BINARY_DIR}/${prefix}_tests.cmake]==])
include([==[${PROJECT_SOURCE_DIR}/cmake/FaasPytestDiscover.cmake]==])
")
  set_property(
    DIRECTORY
    APPEND
    PROPERTY TEST_INCLUDE_FILES "${script}")
endfunction()

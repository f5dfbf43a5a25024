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

# faas_discover_pytest(e2e [ENVIRONMENT NAME=value…] [CASES_IN glob…])
#
# Registers the cases of this folder's test_*.py as e2e.<file>.<case>. They are collected when ctest runs, and again
# only after a change there or in the files of CASES_IN, so a new case needs no build. tests/e2e/shared_server.py runs
# around the cases that share a server. ENVIRONMENT: more than all of them get.
function(faas_discover_pytest prefix)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ENVIRONMENT;CASES_IN")
  set(environment
      "FAAS_HARNESS=$<TARGET_FILE:faas-harness>"
      "FAAS_BUILD_DIR=${CMAKE_BINARY_DIR}"
      "FAAS_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
      "FAAS_DRIVER_VERSION=${FAAS_DRIVER_VERSION}"
      "FAAS_SANITIZE=${FAAS_SANITIZE}"
      "FAAS_CMAKE=${CMAKE_COMMAND}")
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
set(FAAS_PYTEST_DIRECTORY [==[${CMAKE_CURRENT_SOURCE_DIR}]==])
set(FAAS_PYTEST_SERVER [==[${PROJECT_SOURCE_DIR}/tests/e2e/shared_server.py]==])
set(FAAS_PYTEST_SERVER_FILE [==[${server_file}]==])
set(FAAS_PYTEST_ENVIRONMENT [==[${environment};${arg_ENVIRONMENT};FAAS_TEST_SERVER_FILE=${server_file}]==])
set(FAAS_PYTEST_CASES_IN [==[${arg_CASES_IN}]==])
set(FAAS_PYTEST_LIST [==[${CMAKE_CURRENT_BINARY_DIR}/${prefix}_tests.cmake]==])
include([==[${PROJECT_SOURCE_DIR}/cmake/FaasPytestDiscover.cmake]==])
")
  set_property(
    DIRECTORY
    APPEND
    PROPERTY TEST_INCLUDE_FILES "${script}")
endfunction()

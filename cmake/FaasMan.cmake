# Man pages, made from the programs' --help by help2man, with additions from docs/man/PROGRAM.h2m. FAAS_MAN is off by
# default without help2man, or if the programs can't run: in a cross build, or without a path to their libraries, as in
# a package.
find_program(FAAS_HELP2MAN NAMES help2man)
find_package(Python3 QUIET COMPONENTS Interpreter)
set(_man OFF)
if(FAAS_HELP2MAN AND Python3_Interpreter_FOUND AND NOT CMAKE_CROSSCOMPILING
   AND NOT CMAKE_SKIP_RPATH)
  set(_man ON)
endif()
option(FAAS_MAN "Make the man pages (needs help2man and Python)" ${_man})
if(NOT FAAS_MAN)
  return()
endif()
if(NOT FAAS_HELP2MAN OR NOT Python3_Interpreter_FOUND)
  message(FATAL_ERROR "FAAS_MAN needs help2man and Python 3; install them, or configure with -DFAAS_MAN=OFF.")
endif()

set(_man_dir "${PROJECT_SOURCE_DIR}/docs/man")
set(_pages)
foreach(program faas-harness faas-provider-check faas-drill faas-lambda-host faas-front)
  if(NOT TARGET ${program})
    continue()
  endif()
  set(_page "${CMAKE_BINARY_DIR}/share/man/man1/${program}.1")
  add_custom_command(
    OUTPUT "${_page}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_BINARY_DIR}/share/man/man1"
    COMMAND
      "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/tools/man_program.py" "${_page}" "${FAAS_HELP2MAN}"
      "${PROJECT_VERSION}" "${_man_dir}/${program}.h2m" "$<TARGET_FILE:${program}>"
    DEPENDS ${program} "${_man_dir}/${program}.h2m" "${PROJECT_SOURCE_DIR}/tools/man_program.py"
    COMMENT "Making ${program}(1)"
    VERBATIM)
  list(APPEND _pages "${_page}")
endforeach()
install(FILES ${_pages} DESTINATION share/man/man1)

add_custom_target(man ALL DEPENDS ${_pages})

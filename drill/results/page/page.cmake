# The page and its script are separate files, embedded in the library.
set(page_template "${CMAKE_CURRENT_BINARY_DIR}/page_template.c")
set(page_folder "${CMAKE_CURRENT_LIST_DIR}")
file(GLOB page_parts CONFIGURE_DEPENDS "${page_folder}/*.html" "${page_folder}/*.css" "${page_folder}/*.js")
add_custom_command(
  OUTPUT "${page_template}"
  COMMAND "${CMAKE_COMMAND}" -D "DIRECTORY=${page_folder}" -D "OUTPUT=${page_template}" -P "${page_folder}/embed.cmake"
  DEPENDS ${page_parts} "${page_folder}/embed.cmake" "${PROJECT_SOURCE_DIR}/cmake/c_array.cmake"
  VERBATIM)
target_sources(faas_drill_results PRIVATE "${page_template}")
target_include_directories(faas_drill_results PRIVATE "${page_folder}")

# The loop is a separate file, embedded in the library.
set(node_loop "${CMAKE_CURRENT_BINARY_DIR}/node_loop.c")
set(node_folder "${CMAKE_CURRENT_LIST_DIR}")
add_custom_command(
  OUTPUT "${node_loop}"
  COMMAND "${CMAKE_COMMAND}" -D "INPUT=${node_folder}/node_loop.mjs" -D "OUTPUT=${node_loop}" -P "${node_folder}/embed.cmake"
  DEPENDS "${node_folder}/node_loop.mjs" "${node_folder}/embed.cmake" "${PROJECT_SOURCE_DIR}/cmake/c_array.cmake"
  VERBATIM)
target_sources(faas_drill_function PRIVATE "${node_loop}")
target_include_directories(faas_drill_function PRIVATE "${node_folder}")

# Read by the configure step of a mongo-c-driver checkout, by -DCMAKE_PROJECT_INCLUDE. 1.x always makes shared
# libraries, too, from sources that it compiles again: here from an empty file, because nothing links them. 2.x has
# ENABLE_SHARED.

function(faas_empty_shared_libraries)
  set(empty "${CMAKE_BINARY_DIR}/faas_empty.c")
  file(WRITE "${empty}" "typedef int faas_empty;\n")
  foreach(name IN ITEMS bson mongoc)
    if(TARGET ${name}_shared AND TARGET ${name}_static)
      set_property(TARGET ${name}_shared PROPERTY SOURCES "${empty}")
    endif()
  endforeach()
endfunction()

if(PROJECT_IS_TOP_LEVEL AND NOT ENABLE_SHARED)
  cmake_language(DEFER CALL faas_empty_shared_libraries)
endif()

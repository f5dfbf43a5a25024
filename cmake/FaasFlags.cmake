# Target faas::warnings: what every target of the project compiles with; and sanitizers.

option(FAAS_WERROR "Treat warnings as errors" OFF)

add_library(faas_warnings INTERFACE)
add_library(faas::warnings ALIAS faas_warnings)
target_compile_options(
   faas_warnings
   INTERFACE -Wall
             -Wextra
             -Wpedantic
             -Wshadow
             -Wconversion
             -Wvla
             -Wstrict-prototypes
             -Wmissing-prototypes
             -Wwrite-strings
             -Wformat=2
             -Wdate-time # the same sources give the same bytes
             -fvisibility=hidden
             $<$<BOOL:${FAAS_WERROR}>:-Werror>)

# FAAS_SANITIZE=address,undefined or thread: for everything built here, or the sanitizer would miss half of it.
set(FAAS_SANITIZE "" CACHE STRING "gcc's or clang's sanitizers, separated by commas")
if(FAAS_SANITIZE)
   add_compile_options(-fsanitize=${FAAS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
   add_link_options(-fsanitize=${FAAS_SANITIZE})
endif()

# Target faas::warnings: what every target of the project compiles with. function faas_warnings(target) applies it.

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

function(faas_warnings target)
   target_link_libraries(${target} PRIVATE faas_warnings)
endfunction()

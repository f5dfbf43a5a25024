# FAAS_SANITIZE=address,undefined or thread: for everything built here, or the sanitizer would miss half of it.

set(FAAS_SANITIZE "" CACHE STRING "gcc's or clang's sanitizers, separated by commas")

if(FAAS_SANITIZE)
   add_compile_options(-fsanitize=${FAAS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
   add_link_options(-fsanitize=${FAAS_SANITIZE})
endif()

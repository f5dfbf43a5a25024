# The libraries other than the driver, as imported targets whose names do not depend on how they were found.
find_package(PkgConfig REQUIRED)

# Debian's libcjson-dev has shipped CMake files that name a missing static library, so pkg-config is used.
pkg_check_modules(FAAS_CJSON REQUIRED IMPORTED_TARGET libcjson)
add_library(faas::cjson ALIAS PkgConfig::FAAS_CJSON)

set(FAAS_STATIC_CURL
    ""
    CACHE PATH "A static libcurl's folder, instead of the system's")
# 7.85: CURLOPT_PROTOCOLS_STR.
if(FAAS_STATIC_CURL)
   add_library(faas::curl STATIC IMPORTED)
   set_target_properties(
      faas::curl PROPERTIES IMPORTED_LOCATION "${FAAS_STATIC_CURL}/lib/libcurl.a" INTERFACE_INCLUDE_DIRECTORIES
                                                                                  "${FAAS_STATIC_CURL}/include")
else()
   pkg_check_modules(FAAS_CURL REQUIRED IMPORTED_TARGET libcurl>=7.85)
   add_library(faas::curl ALIAS PkgConfig::FAAS_CURL)
endif()

find_package(Threads REQUIRED)

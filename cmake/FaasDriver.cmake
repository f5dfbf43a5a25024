# The driver under test, whatever its version and packaging: target faas::driver, FAAS_DRIVER_VERSION.

option(FAAS_DRIVER_STATIC "Link libmongoc statically" OFF)
set(FAAS_DRIVER_ARCHIVES
    ""
    CACHE STRING "The static libraries of the driver and of what it needs, where its CMake package names shared ones")

find_package(mongoc 2.0 CONFIG QUIET)
if(mongoc_FOUND)
   set(FAAS_DRIVER_VERSION "${mongoc_VERSION}")
   set(_where "${mongoc_DIR}")
   set(_shared mongoc::shared)
   set(_static mongoc::static)
   set(_bson bson::)
else()
   find_package(mongoc-1.0 1.23 CONFIG QUIET)
   if(NOT mongoc-1.0_FOUND)
      message(FATAL_ERROR "No libmongoc found (expected 1.23 or newer). Install libmongoc-dev, set CMAKE_PREFIX_PATH to an "
                          "installed driver, or let ./dev build get one.")
   endif()
   set(FAAS_DRIVER_VERSION "${mongoc-1.0_VERSION}")
   set(_where "${mongoc-1.0_DIR}")
   set(_shared mongo::mongoc_shared)
   set(_static mongo::mongoc_static)
   set(_bson mongo::bson_)
endif()

if(FAAS_DRIVER_STATIC OR NOT TARGET ${_shared})
   set(_driver ${_static})
   string(APPEND _bson static)
else()
   set(_driver ${_shared})
   string(APPEND _bson shared)
endif()
if(NOT TARGET ${_driver})
   message(FATAL_ERROR "libmongoc ${FAAS_DRIVER_VERSION} of ${_where} offers no target ${_driver}.")
endif()

add_library(faas_driver INTERFACE)
add_library(faas::driver ALIAS faas_driver)
if(FAAS_DRIVER_ARCHIVES)
  add_library(faas_sasl_mechanisms STATIC "${PROJECT_SOURCE_DIR}/packaging/sasl_mechanisms.c")
  target_link_libraries(faas_sasl_mechanisms PRIVATE faas::warnings)
  foreach(_target ${_driver} ${_bson})
    target_include_directories(faas_driver SYSTEM INTERFACE $<TARGET_PROPERTY:${_target},INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_definitions(faas_driver INTERFACE $<TARGET_PROPERTY:${_target},INTERFACE_COMPILE_DEFINITIONS>)
  endforeach()
  # Taken before libsasl2.a, which has mechanisms of these names.
  target_link_options(faas_driver INTERFACE "LINKER:-u,plain_client_plug_init")
  target_link_libraries(faas_driver INTERFACE faas_sasl_mechanisms ${FAAS_DRIVER_ARCHIVES} m ${CMAKE_DL_LIBS})
else()
  target_link_libraries(faas_driver INTERFACE ${_driver})
endif()
message(STATUS "Driver under test: libmongoc ${FAAS_DRIVER_VERSION}, ${_driver} of ${_where}")

# libbson alone, for a part that speaks the protocol itself and must not link the driver.
add_library(faas_bson INTERFACE)
add_library(faas::bson ALIAS faas_bson)
target_link_libraries(faas_bson INTERFACE ${_bson})

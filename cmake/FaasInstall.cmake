# What authors of providers install: the header, a CMake package (faas_harness::provider) and a pkg-config file.
include(CMakePackageConfigHelpers)

install(FILES include/faas_harness/provider.h DESTINATION include/faas_harness)
install(TARGETS faas_abi EXPORT faas_harness_targets)
set_target_properties(faas_abi PROPERTIES EXPORT_NAME provider)
install(
  EXPORT faas_harness_targets
  NAMESPACE faas_harness::
  FILE faas_harnessTargets.cmake
  DESTINATION lib/cmake/faas_harness)

configure_package_config_file(
  cmake/faas_harnessConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/faas_harnessConfig.cmake"
  INSTALL_DESTINATION lib/cmake/faas_harness
  PATH_VARS FAAS_PROVIDER_INSTALL_DIR)
write_basic_package_version_file(
  "${CMAKE_CURRENT_BINARY_DIR}/faas_harnessConfigVersion.cmake"
  COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/faas_harnessConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/faas_harnessConfigVersion.cmake"
        DESTINATION lib/cmake/faas_harness)

configure_file(cmake/faas-harness.pc.in "${CMAKE_CURRENT_BINARY_DIR}/faas-harness.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/faas-harness.pc" DESTINATION lib/pkgconfig)
install(FILES docs/report.schema.json DESTINATION share/faas-harness)

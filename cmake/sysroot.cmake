# Toolchain file: build with the machine's compiler against another Debian's headers, libc and driver, and run there.
#   cmake -DCMAKE_TOOLCHAIN_FILE=cmake/sysroot.cmake -DFAAS_SYSROOT=DIR …
# The result starts the sysroot's own dynamic linker, so it runs on this machine with that libc, without root or chroot.

set(FAAS_SYSROOT "" CACHE PATH "A Debian unpacked into a folder")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FAAS_SYSROOT)
if(NOT IS_DIRECTORY "${FAAS_SYSROOT}/usr/include")
   message(FATAL_ERROR "FAAS_SYSROOT must name a folder with usr/include; found \"${FAAS_SYSROOT}\".")
endif()

set(CMAKE_SYSROOT "${FAAS_SYSROOT}")

file(GLOB _loader "${FAAS_SYSROOT}/usr/lib/*-linux-gnu*/ld-linux-*.so.*")
list(LENGTH _loader _count)
if(NOT _count EQUAL 1)
   message(FATAL_ERROR "Expected one dynamic linker in ${FAAS_SYSROOT}/usr/lib/*-linux-gnu; found \"${_loader}\".")
endif()
get_filename_component(_lib "${_loader}" DIRECTORY)
get_filename_component(CMAKE_LIBRARY_ARCHITECTURE "${_lib}" NAME)

# -B and -L: gcc's own search path reaches the machine's libc before the sysroot's.
# Old-style rpath (DT_RPATH): unlike DT_RUNPATH it also holds for the libraries of libraries, for what is loaded with
# dlopen, and it comes before LD_LIBRARY_PATH. Modules get it too: they are often loaded by programs not built here.
set(_link "-B${_lib} -L${_lib} -Wl,--disable-new-dtags,-rpath,${_lib}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${_link} -Wl,--dynamic-linker=${_loader}")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "${_link}")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "${_link}")

# Debian's cross compilers look into their own libc's headers first, where libc6-dev-ARCH-cross is installed. Not in
# CMAKE_C_FLAGS, which packages set.
if(EXISTS "/usr/${CMAKE_LIBRARY_ARCHITECTURE}/include")
  add_compile_options("SHELL:-isystem ${FAAS_SYSROOT}/usr/include/${CMAKE_LIBRARY_ARCHITECTURE}"
                      "SHELL:-isystem ${FAAS_SYSROOT}/usr/include")
endif()

# clang would look for gcc's start files inside the sysroot, which has no compiler.
if(CMAKE_C_COMPILER MATCHES "clang")
   set(CMAKE_C_FLAGS_INIT "--gcc-toolchain=/usr")
endif()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# The driver's CMake package asks pkg-config for utf8proc.
set(ENV{PKG_CONFIG_PATH} "")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${FAAS_SYSROOT}")
set(ENV{PKG_CONFIG_LIBDIR} "${_lib}/pkgconfig:${FAAS_SYSROOT}/usr/share/pkgconfig")

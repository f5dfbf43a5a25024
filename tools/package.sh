# ./dev package: the harness as a platform deploys it, a zip file or an image's folder that needs nothing from the
# system it runs on.
# shellcheck shell=bash

# Where Lambda unpacks a package, so where its libraries and dynamic linker are at run time. Not in lib itself, which
# is in Lambda's LD_LIBRARY_PATH: other programs there would load our libc with their own dynamic linker.
PACKAGE_LIBRARIES=/var/task/lib/private
# The same for images, as in packaging/platforms.py; other platforms' zip files run anywhere.
PACKAGE_HOME=/opt/faas-harness

command_package() {
   arguments_read "arch driver image output platform lean!" "$@"
   arguments_none package
   [[ -n $ARG_output ]] || ui_die 2 "package: -o FILE.zip or -o FOLDER/ is missing; see ./dev package --help"
   package_check_platform "${ARG_platform:=lambda}" "$ARG_image" "$ARG_output"
   # These two platforms run x86_64 only.
   [[ $ARG_platform != @(azure|cloud-run) ]] || ARG_arch=${ARG_arch:-x86_64}
   package_make "$ARG_platform" "$ARG_arch" "$ARG_driver" "$ARG_lean" "$ARG_image" "$ARG_output"
}

# package_check_platform PLATFORM IMAGE OUTPUT: dies if they don't fit together.
package_check_platform() {
   case $1 in
      lambda | azure | openwhisk) ;;
      cloud-run | knative | openfaas | fn)
         [[ $3 == */ ]] || ui_die 2 "package: --platform $1 makes an image's folder, so -o must end with a slash; found \"$3\"."
         ;;
      *) ui_die 2 "--platform is lambda, azure, cloud-run, knative, openfaas, fn or openwhisk; found \"$1\"." ;;
   esac
   case $1:$2 in
      *: | cloud-run:* | knative:* | openfaas:*) ;;
      *) ui_die 2 "package: --platform $1 makes no image; remove --image." ;;
   esac
}

# package_make PLATFORM ARCH DRIVER LEAN IMAGE OUTPUT: all except the first and the last may be empty. Sets
# PACKAGE_TREE and PACKAGE_SEARCH.
package_make() {
   [[ $6 == */ ]] || packages_need "${PACKAGES_ZIP[@]}"
   package_build_for "$1" "$2" "$3" "$4"
   package_bundle "$1" "$5" "$6"
}

# package_build_for PLATFORM ARCH DRIVER LEAN: sets what package_bundle needs.
package_build_for() {
   package_machine "$2"
   package_prepare "$3" "$4"
   [[ -n $4 ]] || static_prepare
   if [[ $1 == lambda ]]; then
      package_build
      return
   fi
   package_build_movable
   [[ $1 != openwhisk ]] || ui_step "build-exec-$PACKAGE_ARCH" "Building exec" package_build_exec "$PACKAGE_TREE/exec"
}

# package_bundle PLATFORM IMAGE OUTPUT: packs what package_build_for built.
package_bundle() {
   local options=(--machine "$PACKAGE_ARCH" --tree "$PACKAGE_TREE" "${PACKAGE_SEARCH[@]/#/--search=}" -o "$3")
   if [[ $1 == lambda ]]; then
      python3 "$FAAS_ROOT/packaging/bundle.py" "${options[@]}"
      return
   fi
   [[ $1 != openwhisk ]] || options+=(--exec "$PACKAGE_TREE/exec")
   python3 "$FAAS_ROOT/packaging/platforms.py" --platform "$1" "${options[@]}" ${2:+--image "$2"}
}

# Sets PACKAGE_ARCH (Lambda's name), PACKAGE_TRIPLET (the compiler's), and DRIVER_ARCH (Debian's) if it is not the
# machine's.
package_machine() {
   local own
   case $(uname -m) in
      x86_64) own=x86_64 ;;
      aarch64) own=arm64 ;;
      *) ui_die 2 "package: Lambda runs x86_64 and arm64, but this machine is $(uname -m); choose one with --arch." ;;
   esac
   PACKAGE_ARCH=${1:-$own} PACKAGE_CMAKE=() DRIVER_ARCH=''
   case $PACKAGE_ARCH in
      x86_64) PACKAGE_TRIPLET=x86_64-linux-gnu PACKAGE_LOADER=ld-linux-x86-64.so.2 ;;
      arm64) PACKAGE_TRIPLET=aarch64-linux-gnu PACKAGE_LOADER=ld-linux-aarch64.so.1 ;;
      *) ui_die 2 "--arch is x86_64 or arm64; found \"$PACKAGE_ARCH\"." ;;
   esac
   if [[ $PACKAGE_ARCH == "$own" ]]; then
      PACKAGE_CMAKE=(-DCMAKE_C_COMPILER=gcc)
      return
   fi
   DRIVER_ARCH=amd64
   [[ $PACKAGE_ARCH == x86_64 ]] || DRIVER_ARCH=arm64
   packages_need "gcc-${PACKAGE_TRIPLET/_/-}"
   PACKAGE_CMAKE=(-DCMAKE_C_COMPILER="$PACKAGE_TRIPLET-gcc" -DCMAKE_SYSTEM_NAME=Linux
      -DCMAKE_SYSTEM_PROCESSOR="${PACKAGE_TRIPLET%%-*}")
}

# Otherwise symbols of static libraries would be exported, too, and so be kept. Relative relocations take a twentieth of
# their size when packed (glibc 2.36).
PACKAGE_STATIC_LINK=-Wl,--gc-sections,--as-needed,--exclude-libs,ALL,-z,pack-relative-relocs

# package_prepare DRIVER LEAN: sets DRIVER_…, PACKAGE_FLAGS, PACKAGE_LINK, and PACKAGE_SEARCH, the folders whose libraries
# may go into the package.
package_prepare() {
   local driver=$1 lean=$2
   packages_need "${PACKAGES_BUILD[@]}"
   PACKAGE_FLAGS='' PACKAGE_LINK=''
   if [[ -n $lean ]]; then
      lean_prepare "$driver"
      PACKAGE_FLAGS=$LEAN_FLAGS PACKAGE_LINK=$PACKAGE_STATIC_LINK
   else
      [[ -n $driver ]] || driver=$(driver_default)
      [[ -z $DRIVER_ARCH || $driver == debian:* ]] ||
         ui_die 2 "--driver $driver is for this machine's own architecture; for $PACKAGE_ARCH use debian:SUITE, or source:DIR with --lean."
      driver_prepare "$driver"
   fi
   CURL_CMAKE=() CURL_BUILT=()
   if [[ -n $DRIVER_SYSROOT ]]; then
      PACKAGE_SEARCH=("$DRIVER_SYSROOT/usr/lib/$PACKAGE_TRIPLET")
   else
      PACKAGE_SEARCH=("/usr/lib/$PACKAGE_TRIPLET" "/lib/$PACKAGE_TRIPLET" /usr/lib64 /lib64 /usr/lib /lib /usr/local/lib)
   fi
}

# package_link LOADER LINK [LINK]: sets PACKAGE_CMAKE_LINK: programs are linked with both LINKs and start the dynamic
# linker LOADER, modules with the first LINK.
package_link() {
   local link=$2
   # gcc reaches the machine's libc before the sysroot's without -B and -L; see cmake/sysroot.cmake, whose flags these replace.
   [[ -z $DRIVER_SYSROOT ]] || link="-B${PACKAGE_SEARCH[0]} -L${PACKAGE_SEARCH[0]} $link"
   PACKAGE_CMAKE_LINK=(-DCMAKE_SKIP_RPATH=ON -DCMAKE_EXE_LINKER_FLAGS="$link -Wl,--dynamic-linker=$1${3:+ $3}"
      -DCMAKE_MODULE_LINKER_FLAGS="$link")
}

# package_linking: the same for the package's own dynamic linker.
package_linking() {
   # DT_RPATH, not DT_RUNPATH, which comes after Lambda's LD_LIBRARY_PATH and does not hold for libraries of libraries.
   package_link "$PACKAGE_LIBRARIES/$PACKAGE_LOADER" "$PACKAGE_LINK -s -Wl,--disable-new-dtags,-rpath,$PACKAGE_LIBRARIES"
}

# package_build: sets PACKAGE_TREE, a release.
package_build() {
   package_linking
   curl_prepare
   package_tree "$DRIVER_SLUG-package" -DFAAS_DRILL=OFF -DFAAS_HTTP=OFF
   ui_step "build-$DRIVER_SLUG-package" "Building $DRIVER_SLUG-package" cmake --build "$PACKAGE_TREE"
}

# package_build_movable: the same for other platforms, with the providers http and openwhisk. The program finds its libraries
# relative to itself, so its folder may be moved.
package_build_movable() {
   package_link "$PACKAGE_HOME/bin/$PACKAGE_LOADER" "$PACKAGE_LINK -s -Wl,--disable-new-dtags" "-Wl,-rpath,'\$ORIGIN/../lib/private'"
   package_tree "$DRIVER_SLUG-movable" -DFAAS_DRILL=OFF
   ui_step "build-$DRIVER_SLUG-movable" "Building $DRIVER_SLUG-movable" \
      cmake --build "$PACKAGE_TREE" --target faas-harness faas_provider_http faas_provider_openwhisk
}

# package_sysroot_flags: prints the compiler's flags for a program that CMake does not build, as in cmake/sysroot.cmake.
package_sysroot_flags() {
   local lib=$DRIVER_SYSROOT/usr/lib/$PACKAGE_TRIPLET include=$DRIVER_SYSROOT/usr/include flags
   [[ -n $DRIVER_SYSROOT ]] || return 0
   flags="--sysroot=$DRIVER_SYSROOT -B$lib -L$lib"
   [[ ! -d /usr/$PACKAGE_TRIPLET/include ]] || flags+=" -isystem $include/$PACKAGE_TRIPLET -isystem $include"
   echo "$flags"
}

# package_build_exec OUTPUT
package_build_exec() {
   local compiler=gcc flags=()
   [[ -z $DRIVER_ARCH ]] || compiler=$PACKAGE_TRIPLET-gcc
   read -ra flags <<<"$(package_sysroot_flags)"
   "$compiler" "${flags[@]}" -std=c11 -D_POSIX_C_SOURCE=200809L -Os -static -s -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Werror \
      -DLOADER="\"$PACKAGE_LOADER\"" -ffile-prefix-map="$FAAS_ROOT=." "$FAAS_ROOT/packaging/exec.c" -o "$1"
}

# package_tree NAME CMAKE-ARGUMENT...: sets PACKAGE_TREE, and configures it for release builds, linked as set by
# package_link.
package_tree() {
   local name=$1
   shift
   PACKAGE_TREE=$FAAS_TREES/$name
   # The flags give the same bytes from any folder.
   build_configure "$PACKAGE_TREE" release "${DRIVER_CMAKE[@]}" "${PACKAGE_CMAKE[@]}" "${CURL_CMAKE[@]}" "$@" -DFAAS_TESTS=OFF \
      -DFAAS_MAN=OFF -DCMAKE_C_FLAGS="$PACKAGE_FLAGS -ffile-prefix-map=$FAAS_ROOT=. -ffile-prefix-map=$PACKAGE_TREE=build" \
      "${PACKAGE_CMAKE_LINK[@]}"
}

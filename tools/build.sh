# Build trees: build/trees/DRIVER[-release|-asan|-tsan|-clang], one for each driver and build kind.
# shellcheck shell=bash

FAAS_TREES=$FAAS_BUILD/trees

# build_tree KIND [DRIVER [TARGET...]]: configures and builds; sets BUILD_TREE. KIND is a preset, or clang (dev, with
# the other compiler). Builds all without a target. With an empty BUILD_LINKED, build/bin and build/lib stay
# unchanged.
build_tree() {
   local kind=$1 driver=${2:-} preset=$1 args log
   local -a targets=("${@:3}")
   packages_need "${PACKAGES_BUILD[@]}"
   driver_prepare "$driver"
   venv_ensure
   args=(-DFAAS_PYTHON="$FAAS_VENV/bin/python" "${DRIVER_CMAKE[@]}")
   case $kind in
      dev) BUILD_NAME=$DRIVER_SLUG ;;
      clang)
         packages_need "${PACKAGES_CLANG[@]}"
         BUILD_NAME=$DRIVER_SLUG-clang preset=dev
         args+=(-DCMAKE_C_COMPILER=clang)
         ;;
      release | asan | tsan) BUILD_NAME=$DRIVER_SLUG-$kind ;;
      *) ui_die 2 "--preset is dev, release, asan, tsan or clang; found \"$kind\"." ;;
   esac
   # gcc by name, because the sysroots have the run-time libraries of its sanitizers.
   [[ $kind == clang ]] || args+=(-DCMAKE_C_COMPILER=gcc)
   BUILD_TREE=$FAAS_TREES/$BUILD_NAME
   log=build-$BUILD_NAME

   build_configure "$BUILD_TREE" "$preset" "${args[@]}"
   ui_step "$log" "Building $BUILD_NAME" cmake --build "$BUILD_TREE" ${targets:+--target "${targets[@]}"}
   [[ -z ${BUILD_LINKED-yes} ]] || build_link
}

# build_configure TREE PRESET CMAKE-ARGUMENT...: cmake keeps the compiler and driver that it found first, so other arguments
# need a new tree, not a new run.
build_configure() {
   local tree=$1 name=${1##*/} preset=$2 want
   shift 2
   want="$preset $* $(cat "$FAAS_ROOT/cmake/sysroot.cmake" "$FAAS_ROOT/CMakePresets.json" | sha256sum)"
   [[ -z $DRIVER_SYSROOT ]] || want+=" $(<"$DRIVER_SYSROOT/faas-stamp")"
   if [[ ! -f $tree/build.ninja || ! -f $tree/faas-stamp || $(<"$tree/faas-stamp") != "$want" ]]; then
      rm -rf "$tree"
      ui_step "configure-$name" "Configuring $name" cmake -S "$FAAS_ROOT" --preset "$preset" -B "$tree" "$@"
      printf '%s\n' "$want" >"$tree/faas-stamp"
   fi
}

build_link() {
   ln -sfn "trees/$BUILD_NAME/bin" "$FAAS_BUILD/bin"
   ln -sfn "trees/$BUILD_NAME/lib" "$FAAS_BUILD/lib"
}

command_build() {
   arguments_read "driver preset" "$@"
   arguments_none build
   build_tree "${ARG_preset:-dev}" "$ARG_driver"
   ui_say "build/bin/faas-harness is build/trees/$BUILD_NAME/bin/faas-harness"
}

# The Python wheel faas-drill: its programs with all their libraries, for one architecture.
# shellcheck shell=bash

WHEEL_PROGRAMS=(faas-drill faas-front faas-lambda-host)

# release_wheel FOLDER: a part of ./dev release.
release_wheel() {
   local arch
   WHEEL_PAGES=$FAAS_BUILD/wheel-pages
   package_machine ''
   package_prepare "$RELEASE_DRIVER" ''
   wheel_build
   ui_step wheel-pages "Building the man pages" wheel_pages
   for arch in "${RELEASE_ARCHITECTURES[@]}"; do
      wheel_make "$1" "$arch"
   done
}

# wheel_pages: man pages of this machine's programs, started by their own dynamic linker, into WHEEL_PAGES.
wheel_pages() {
   local program starter time
   rm -rf "$WHEEL_PAGES"
   mkdir -p "$WHEEL_PAGES/bin"
   time=$(git -C "$FAAS_ROOT" log -1 --format=%ct "$RELEASE_COMMIT")
   for program in "${WHEEL_PROGRAMS[@]}"; do
      starter=$WHEEL_PAGES/bin/$program
      printf '#!/usr/bin/env bash\nexec %q --library-path %q %q "$@"\n' \
         "${PACKAGE_SEARCH[0]}/$PACKAGE_LOADER" "${PACKAGE_SEARCH[0]}" "$PACKAGE_TREE/bin/$program" >"$starter"
      chmod +x "$starter"
      SOURCE_DATE_EPOCH=$time python3 "$FAAS_ROOT/tools/man_program.py" "$WHEEL_PAGES/$program.1" help2man "$RELEASE_VERSION" \
         "$FAAS_ROOT/docs/man/$program.h2m" "$starter"
   done
   rm -r "${WHEEL_PAGES:?}/bin"
}

# wheel_make FOLDER ARCH
wheel_make() {
   local out=$1 arch=$2 work=$FAAS_BUILD/wheel-$2
   rm -rf "$work"
   mkdir -p "$work"
   package_machine "$arch"
   package_prepare "$RELEASE_DRIVER" ''
   wheel_build
   ui_step "wheel-$arch" "Building the wheel for $arch" wheel_write "$out" "$arch" "$work"
   rm -rf "$work"
}

# wheel_build: sets PACKAGE_TREE, with the programs in it.
wheel_build() {
   local loader
   case $PACKAGE_ARCH in
      x86_64) loader=/lib64/$PACKAGE_LOADER ;;
      arm64) loader=/lib/$PACKAGE_LOADER ;;
   esac
   package_link "$loader" '-s -Wl,--as-needed'
   curl_prepare
   package_tree "$DRIVER_SLUG-wheel" -DFAAS_DRILL=ON -DFAAS_BENCH=OFF
   ui_step "build-$DRIVER_SLUG-wheel" "Building the drill for $PACKAGE_ARCH" \
      cmake --build "$PACKAGE_TREE" --target "${WHEEL_PROGRAMS[@]}"
}

# wheel_write FOLDER ARCH WORK: once without the bill of materials, which is made from it, and then with it.
wheel_write() {
   local out=$1 arch=$2 work=$3 program wheel make
   make=(python3 "$FAAS_ROOT/packaging/wheel.py" --machine "$arch" --tree "$PACKAGE_TREE" "${PACKAGE_SEARCH[@]/#/--search=}"
      --pages "$WHEEL_PAGES")
   wheel=$("${make[@]}" -o "$work")
   for program in "${WHEEL_PROGRAMS[@]}"; do
      release_map "bin/$program" "$work/inside.map"
   done
   release_sbom "$work/inside" "$wheel" "$arch" "${RELEASE_DRIVER#debian:}" --inside --name faas-drill --libraries faas_drill/lib \
      "${CURL_BUILT[@]}"
   "${make[@]}" --licences "$work/inside.licences.txt" --sbom "$work/inside.cdx.json" -o "$out"
}

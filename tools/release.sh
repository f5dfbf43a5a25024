# ./dev release --dry-run: all files of a release, from a clean clone of HEAD, in build/release. Publishes nothing.
# shellcheck shell=bash

FAAS_RELEASE=$FAAS_BUILD/release
FAAS_RELEASE_VENV=$FAAS_BUILD/release-venv
# The same on every machine, whatever its own driver.
RELEASE_DRIVER=debian:forky
RELEASE_PARTS=source,package,wheel,lean
# Not lean: the only driver with source is older than 1.25, and streams in Lambda.
RELEASE_DEFAULT=source,package,wheel

command_release() {
   arguments_read "arch only dry-run!" "$@"
   arguments_none release
   release_parts "${ARG_only:-$RELEASE_DEFAULT}" "$ARG_arch"
   [[ -n $ARG_dry_run ]] || release_by_hand
   release_check
   release_venv_ensure
   release_make
}

# release_parts LIST ARCH: sets RELEASE_CHOSEN and RELEASE_ARCHITECTURES.
release_parts() {
   local part
   IFS=, read -ra RELEASE_CHOSEN <<<"$1"
   for part in "${RELEASE_CHOSEN[@]}"; do
      [[ ,$RELEASE_PARTS, == *,$part,* ]] || ui_die 2 "release: --only takes parts of $RELEASE_PARTS; found \"$part\""
   done
   case $2 in
      '') RELEASE_ARCHITECTURES=(x86_64 arm64) ;;
      x86_64 | arm64) RELEASE_ARCHITECTURES=("$2") ;;
      *) ui_die 2 "--arch is x86_64 or arm64; found \"$2\"." ;;
   esac
}

release_version() {
   sed -n 's/^project(faas_harness VERSION \([0-9.]*\) .*/\1/p' "$FAAS_ROOT/CMakeLists.txt"
}

release_by_hand() {
   local version
   version=$(release_version)
   ui_die 2 "release: publishing is not automated yet. By hand:
   1. In CHANGELOG.md, put the date where \"$version (unreleased)\" says otherwise, and commit.
   2. ./dev release --dry-run, and try what it leaves in build/release.
   3. git tag -s v$version -m 'faas-harness $version' && git push origin v$version
   4. Upload all of build/release to that tag's release; SHA256SUMS belongs to it.
   5. The wheels, to the Python package index: pipx run twine check build/release/*.whl && pipx run twine upload build/release/*.whl
      It asks for the token of the project faas-drill there. A version can't be uploaded twice."
}


# --- requirements ---

# Sets RELEASE_VERSION and RELEASE_COMMIT.
release_check() {
   local heading changes tagged
   changes=$(git -C "$FAAS_ROOT" status --porcelain) || ui_die 2 "release: $FAAS_ROOT is not a git checkout"
   [[ -z $changes ]] || ui_die 2 "release: the tree is not clean, and only what is committed is released:
$(head -n 10 <<<"$changes")
   Commit it, or make the release from a clone: git clone . ../release && ../release/dev release --dry-run"
   RELEASE_COMMIT=$(git -C "$FAAS_ROOT" rev-parse HEAD)
   RELEASE_VERSION=$(release_version)
   [[ -n $RELEASE_VERSION ]] || ui_die 1 "release: CMakeLists.txt has no project(faas_harness VERSION …)"
   heading=$(sed -n 's/^## //p' "$FAAS_ROOT/CHANGELOG.md" | head -n 1)
   [[ ${heading%% *} == "$RELEASE_VERSION" ]] ||
      ui_die 1 "release: the first heading of CHANGELOG.md must be \"## $RELEASE_VERSION\", as in CMakeLists.txt; found \"## $heading\""
   [[ $heading != *unreleased* ]] || ui_warn "CHANGELOG.md says \"$heading\": it needs the date of the release."
   tagged=$(git -C "$FAAS_ROOT" rev-parse -q --verify "refs/tags/v$RELEASE_VERSION^{commit}" || true)
   [[ -z $tagged || $tagged == "$RELEASE_COMMIT" ]] ||
      ui_die 1 "release: the tag v$RELEASE_VERSION exists for another commit; raise the version in CMakeLists.txt and CHANGELOG.md"
   grep -q 'Apache License' "$FAAS_ROOT/LICENSE" || ui_die 1 "release: LICENSE is not the Apache License"
}

release_venv_ensure() {
   venv_of "$FAAS_RELEASE_VENV" requirements-release.txt "CycloneDX's library" "(40 MB)"
}


# --- building ---

release_make() {
   local new=$FAAS_BUILD/.release-$$ part
   # shellcheck disable=SC2064
   trap "rm -rf '$new'" EXIT
   mkdir -p "$new/out"
   git clone --quiet --no-hardlinks --no-checkout "$FAAS_ROOT" "$new/source"
   git -C "$new/source" checkout --quiet --detach "$RELEASE_COMMIT"
   for part in "${RELEASE_CHOSEN[@]}"; do
      (
         release_enter "$new/source"
         "release_$part" "$new/out"
      )
   done
   (cd "$new/out" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
   rm -rf "$FAAS_RELEASE"
   mv -T "$new/out" "$FAAS_RELEASE"
   ui_good "✓ release v$RELEASE_VERSION of ${RELEASE_COMMIT:0:12} in build/release, not published:"
   (cd "$FAAS_RELEASE" && ls -sh1) >&2
}

# From here on only the clone's sources and scripts are used.
release_enter() {
   local name
   release_downloads "$1/build"
   FAAS_ROOT=$1 FAAS_BUILD=$1/build
   for name in packages driver build curl static openssl lean package wheel; do
      # shellcheck disable=SC1090
      source "$FAAS_ROOT/tools/$name.sh"
   done
}

# Debian's sysroots are downloads: linked, not fetched again, if their content is known. So are libcurl's and OpenSSL's
# sources, and what is built from them alone.
release_downloads() {
   local dir
   mkdir -p "$1/sysroots" "$1/drivers"
   for dir in "$FAAS_SYSROOTS"/[a-z]* "$FAAS_DRIVERS/$CURL_SUITE-curl" "$FAAS_DRIVERS/$OPENSSL_SUITE-openssl"; do
      case ${dir##*/} in
         lean-*) continue ;;
         "$CURL_SUITE-curl" | "$OPENSSL_SUITE-openssl") ;;
         curl-* | openssl-*) [[ -f $dir/faas-stamp ]] || continue ;;
         *) [[ -f $dir/faas-packages ]] || continue ;;
      esac
      [[ ! -d $dir || -e $1/${dir#"$FAAS_BUILD/"} ]] || cp -al "$dir" "$1/${dir#"$FAAS_BUILD/"}"
   done
}

release_source() {
   local name=faas-harness-$RELEASE_VERSION
   # gzip's header would contain the time of day.
   git -C "$FAAS_ROOT" archive --format=tar --prefix="$name/" "$RELEASE_COMMIT" | gzip -n -9 >"$1/$name.tar.gz"
}

release_package() {
   local arch
   for arch in "${RELEASE_ARCHITECTURES[@]}"; do
      release_zip "$1" "$arch" "$RELEASE_DRIVER" ''
   done
}

release_lean() {
   local arch
   for arch in "${RELEASE_ARCHITECTURES[@]}"; do
      release_zip "$1" "$arch" "debian:$LEAN_SUITE" lean
   done
}

# release_zip FOLDER ARCH DRIVER LEAN: the package, its bill of materials, and the licences.
release_zip() {
   local out=$1 arch=$2 driver=$3 lean=$4 name suite=${3#debian:} built=()
   name=faas-harness-$RELEASE_VERSION-lambda-$arch${lean:+-lean}
   package_make lambda "$arch" "$driver" "$lean" '' "$out/$name.zip" >&2
   if [[ -n $lean ]]; then
      suite=$LEAN_BASE
      built=(--built "libmongoc=$LEAN_SUITE:$FAAS_DRIVERS/$LEAN_SUITE-mongo-c-driver"
         --built "libbson=$LEAN_SUITE:$FAAS_DRIVERS/$LEAN_SUITE-mongo-c-driver"
         --built "libssl=$OPENSSL_SUITE:$FAAS_DRIVERS/$OPENSSL_SUITE-openssl"
         --built "libcrypto=$OPENSSL_SUITE:$FAAS_DRIVERS/$OPENSSL_SUITE-openssl")
   fi
   ui_step "sbom-$name" "Listing what is in $name.zip" release_list "$out/$name" "$arch" "$suite" "${CURL_BUILT[@]}" "${built[@]}"
}

release_list() {
   local name=$1 arch=$2 suite=$3
   shift 3
   release_map bin/faas-harness "$name.map"
   release_map lib/faas-harness/aws_lambda.so "$name.map"
   release_map lib/faas-harness/local.so "$name.map"
   release_map lib/faas-harness/openwhisk.so "$name.map"
   release_sbom "$name" "$name.zip" "$arch" "$suite" "$@"
}

# release_sbom NAME PACKAGE ARCH SUITE ARGUMENT...: makes NAME.cdx.json and NAME.licences.txt of PACKAGE and of NAME.map, which goes.
release_sbom() {
   local name=$1 package=$2 arch=$3 suite=$4
   shift 4
   "$FAAS_RELEASE_VENV/bin/python" "$FAAS_ROOT/tools/release_sbom.py" --package "$package" --map "$name.map" \
      --tree "$PACKAGE_TREE" --sysroot "$DRIVER_SYSROOT" --triplet "$PACKAGE_TRIPLET" --suite "$suite" --arch "$arch" \
      --version "$RELEASE_VERSION" --commit "$RELEASE_COMMIT" --time "$(git -C "$FAAS_ROOT" log -1 --format=%cI "$RELEASE_COMMIT")" \
      --sbom "$name.cdx.json" --licences "$name.licences.txt" "$@"
   rm "$name.map"
}

# release_map TARGET FILE: links it once more, and adds to FILE which members of static libraries were used.
release_map() {
   local command
   command=$(ninja -C "$PACKAGE_TREE" -t commands "$1" | tail -n 1)
   [[ $command == *" -o $1 "* ]] || ui_die 1 "release: not the command that links $1: $command"
   (cd "$PACKAGE_TREE" && eval "${command/ -o $1 / -o $2.linked -Wl,-Map=$2.one }")
   cat "$2.one" >>"$2"
   rm "$2.one" "$2.linked"
}

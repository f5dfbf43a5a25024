# The driver under test: the system's libmongoc, a Debian suite's in an unpacked sysroot, or a checkout built here.
# driver_prepare sets DRIVER_CHOICE (as --driver has it), DRIVER_SLUG (names the build tree), DRIVER_SYSROOT (a folder or
# nothing) and DRIVER_CMAKE (arguments for cmake's configure step).
# shellcheck shell=bash

FAAS_SYSROOTS=$FAAS_BUILD/sysroots
FAAS_DRIVERS=$FAAS_BUILD/drivers

# The first libmongoc without CDRIVER-6205 (a polling monitor that never pauses).
DRIVER_WANTED=2.2.2
# The suite to use if the system has none.
DRIVER_FALLBACK=debian:forky

# What a sysroot holds: the driver, the other libraries, and the sanitizers' run-time libraries, which have to match the
# sysroot's libc rather than the machine's.
SYSROOT_PACKAGES=(libc6-dev libmongoc-dev "${PACKAGES_LIBRARIES[@]}" libasan8 libubsan1 libtsan2)
# Increment it when the content of sysroots changes: older ones are then made again.
SYSROOT_EDITION=1

DRIVER_CHOICE='' DRIVER_SLUG='' DRIVER_SYSROOT='' DRIVER_CMAKE=()
# The architecture to build for, by Debian's name, if it is not the machine's; used for packages for Lambda only.
DRIVER_ARCH=''

driver_default() {
   local version
   version=$(dpkg-query -W -f '${Version}' libmongoc-dev 2>/dev/null || true)
   [[ -n $version ]] || version=$(apt-cache policy libmongoc-dev 2>/dev/null | sed -n 's/^ *Candidate: *//p')
   if [[ -n $version && $version != '(none)' ]] && dpkg --compare-versions "$version" ge "$DRIVER_WANTED"; then
      echo system
   elif packages_are_debians; then
      echo "$DRIVER_FALLBACK"
   else
      echo system
   fi
}

# driver_check CHOICE: dies if it is invalid; does not check what it needs.
driver_check() {
   case $1 in
      system) ;;
      debian:?*)
         [[ $1 =~ ^debian:[a-z][a-z0-9-]*$ ]] || ui_die 2 "A Debian suite is a name like trixie or forky; found \"${1#debian:}\"."
         ;;
      source:?*) source_folder "${1#source:}" >/dev/null || exit ;;
      *) ui_die 2 "--driver is system, debian:SUITE or source:DIR; found \"$1\".$(function_hint "$1")" ;;
   esac
}

driver_prepare() {
   local choice=${1:-}
   [[ -n $choice ]] || choice=$(driver_default)
   DRIVER_SYSROOT='' DRIVER_CHOICE=$choice
   driver_check "$choice"
   case $choice in
      system)
         packages_need "${PACKAGES_SYSTEM_DRIVER[@]}"
         DRIVER_SLUG=system DRIVER_CMAKE=()
         ;;
      debian:?*) driver_from_debian "${choice#debian:}" ;;
      source:?*) driver_from_source "${choice#source:}" ;;
   esac
}

# --- debian:SUITE ---

driver_from_debian() {
   local suite=$1 dir=$FAAS_SYSROOTS/$1${DRIVER_ARCH:+-$DRIVER_ARCH}
   if [[ ! -f $dir/faas-stamp || $(<"$dir/faas-stamp") != "$(sysroot_stamp)" ]]; then
      packages_are_debians || ui_die 2 "debian:$suite needs apt to download packages, and this machine has none. Use --driver system or source:DIR."
      local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
      mirror=$(sysroot_mirror)
      [[ -n $mirror ]] || ui_die 2 "This machine's package sources have no Debian mirror. Name one for $suite:" \
         "FAAS_DEBIAN_MIRROR=URL ./dev …"
      [[ -f $keyring ]] || packages_need debian-archive-keyring
      sysroot_lock "${dir##*/}"
      if [[ ! -f $dir/faas-stamp || $(<"$dir/faas-stamp") != "$(sysroot_stamp)" ]]; then
         ui_say "Unpacking Debian $suite's libmongoc and libc into build/sysroots/${dir##*/} (230 MB); nothing is installed on the machine."
         ui_step "sysroot-${dir##*/}" "Unpacking $suite" sysroot_unpack "$suite" "$mirror" "$keyring" "$dir"
      fi
      exec {SYSROOT_LOCK}>&-
   fi
   DRIVER_SLUG=debian-${dir##*/} DRIVER_SYSROOT=$dir
   DRIVER_CMAKE=(-DCMAKE_TOOLCHAIN_FILE="$FAAS_ROOT/cmake/sysroot.cmake" -DFAAS_SYSROOT="$dir")
}

# sysroot_lock NAME: lets others who download the same wait until SYSROOT_LOCK is closed.
sysroot_lock() {
   mkdir -p "$FAAS_SYSROOTS"
   exec {SYSROOT_LOCK}>"$FAAS_SYSROOTS/.lock-$1"
   flock "$SYSROOT_LOCK"
}

sysroot_stamp() {
   echo "$SYSROOT_EDITION ${SYSROOT_PACKAGES[*]}"
}

# The mirror that the machine itself uses, so that its proxy or local mirror is used here, too.
sysroot_mirror() {
   if [[ -n ${FAAS_DEBIAN_MIRROR:-} ]]; then
      echo "$FAAS_DEBIAN_MIRROR"
   elif grep -qx 'ID=debian' /etc/os-release; then
      # The security archive does not contain whole suites.
      # shellcheck disable=SC2016 # apt's own placeholder
      apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sort -u | head -n 1 || true
   fi
}

# apt with all its files in the folder $1: it does not see the machine's packages, and does not need root.
sysroot_apt() {
   local dir=$1 foreign=()
   shift
   [[ -z $DRIVER_ARCH ]] || foreign=(-o APT::Architecture="$DRIVER_ARCH" -o APT::Architectures="$DRIVER_ARCH")
   apt-get "${foreign[@]}" -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
      -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
      -o Dir::State="$dir" -o Dir::State::Status="$dir/status" -o Dir::Cache="$dir/cache" -o Dir::Log="$dir" \
      -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Acquire::Languages=none \
      -o Acquire::Retries=3 "$@"
}

# sysroot_apt_update DIR LINE: makes DIR for sysroot_apt, with that line as its only package source. Sets
# SYSROOT_VALID, options for later calls.
sysroot_apt_update() {
   local apt=$1
   mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
   : >"$apt/status"
   echo "$2" >"$apt/sources.list"
   SYSROOT_VALID=()
   if ! sysroot_apt "$apt" update --error-on=any 2>"$apt/errors"; then
      cat "$apt/errors" >&2
      # The only error to ignore, because a mirror may be a frozen copy. Signatures are still checked.
      grep -q 'is expired' "$apt/errors" || return 1
      echo "The release file on this mirror has expired; using it anyway." >&2
      SYSROOT_VALID=(-o Acquire::Check-Valid-Until=false)
      sysroot_apt "$apt" "${SYSROOT_VALID[@]}" update --error-on=any
   fi
}

sysroot_unpack() {
   local suite=$1 mirror=$2 keyring=$3 dir=$4
   # Written under another name and renamed at the end, so that a sysroot is complete or missing.
   local new=$FAAS_SYSROOTS/.new-$suite-$BASHPID apt=$FAAS_SYSROOTS/.apt-$suite-$BASHPID name
   # shellcheck disable=SC2064 # both names are expanded now, on purpose
   trap "rm -rf '$new' '$apt'" EXIT
   mkdir -p "$new/usr/lib" "$new/usr/bin" "$new/usr/sbin" "$new/usr/lib64"
   sysroot_apt_update "$apt" "deb [signed-by=$keyring] $mirror $suite main"
   sysroot_apt "$apt" "${SYSROOT_VALID[@]}" install -y --download-only "${SYSROOT_PACKAGES[@]}"

   # Debian's / is merged into /usr, packages of older suites still use /lib: with links made first, both end in /usr.
   for name in lib lib64 bin sbin; do
      ln -s "usr/$name" "$new/$name"
   done
   for name in "$apt"/cache/archives/*.deb; do
      dpkg-deb --fsys-tarfile "$name" | tar -C "$new" -xf - --keep-directory-symlink --no-same-owner \
         --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale'
      sysroot_record "$name" "$new"
   done
   # The driver's CMake package names libraries of the machine it was built on, /usr/lib/…/librt.a: by -l, the linker
   # finds them here.
   find "$new/usr/lib" -path '*/cmake/*.cmake' -exec sed -i -E 's#/usr/lib/[a-z0-9_]+-linux-gnu/lib(rt|m|resolv|pthread|dl)\.(a|so)#\1#g' {} +
   sysroot_stamp >"$new/faas-stamp"
   rm -rf "$dir"
   mv -T "$new" "$dir"
}

# Which package each library belongs to, and its licence: for a release's bill of materials.
sysroot_record() {
   local deb=$1 dir=$2 owner path
   # shellcheck disable=SC2016 # dpkg's own placeholders
   owner=$(dpkg-deb -W --showformat '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}' "$deb")
   dpkg-deb --fsys-tarfile "$deb" | tar -tf - | { grep -E '\.(a|o|so(\.[^/]*)?)$' || true; } | while read -r path; do
      printf '%s\t%s\n' "$owner" "$path"
   done >>"$dir/faas-packages"
   # Some have only a link to another package's folder.
   dpkg-deb --fsys-tarfile "$deb" | tar -C "$dir" -xf - --keep-directory-symlink --no-same-owner --no-recursion \
      "./usr/share/doc/${owner%%$'\t'*}" "./usr/share/doc/${owner%%$'\t'*}/copyright" 2>/dev/null || true
}

# debian_source SUITE NAME: sets DEBIAN_SOURCE to the unpacked and patched source package.
debian_source() {
   DEBIAN_SOURCE=$FAAS_DRIVERS/$1-$2
   [[ ! -d $DEBIAN_SOURCE ]] || return 0
   packages_need dpkg-dev
   sysroot_lock "$1-$2"
   [[ -d $DEBIAN_SOURCE ]] || ui_step "source-$2" "Fetching the source of $2" debian_source_fetch "$1" "$2" "$DEBIAN_SOURCE"
   exec {SYSROOT_LOCK}>&-
}

debian_source_fetch() {
   local suite=$1 name=$2 dir=$3 apt=$FAAS_DRIVERS/.apt-$2-$BASHPID keyring=/usr/share/keyrings/debian-archive-keyring.gpg
   # shellcheck disable=SC2064
   trap "rm -rf '$apt'" EXIT
   sysroot_apt_update "$apt" "deb-src [signed-by=$keyring] $(sysroot_mirror) $suite main"
   (cd "$apt" && sysroot_apt "$apt" "${SYSROOT_VALID[@]}" source --download-only "$name")
   dpkg-source -x "$apt/$name"_*.dsc "$apt/unpacked"
   mv -T "$apt/unpacked" "$dir"
}

# --- source:DIR ---

# Options of 1.23 to 2.x together: a version ignores those it does not know. Leaves out libraries that a function does
# not need.
SOURCE_OPTIONS=(-DCMAKE_C_VISIBILITY_PRESET=hidden
   -DENABLE_STATIC=ON -DENABLE_SHARED=OFF -DENABLE_PIC=ON -DENABLE_TESTS=OFF -DENABLE_EXAMPLES=OFF
   -DENABLE_MAN_PAGES=OFF -DENABLE_HTML_DOCS=OFF -DENABLE_UNINSTALL=OFF -DENABLE_AUTOMATIC_INIT_AND_CLEANUP=OFF
   -DENABLE_SSL=OPENSSL -DENABLE_SASL=OFF -DENABLE_ZLIB=BUNDLED -DENABLE_SNAPPY=OFF -DENABLE_ZSTD=OFF
   -DENABLE_ICU=OFF -DENABLE_CLIENT_SIDE_ENCRYPTION=OFF -DENABLE_MONGODB_AWS_AUTH=OFF -DUSE_BUNDLED_UTF8PROC=ON
   -DCMAKE_PROJECT_INCLUDE="$FAAS_ROOT/cmake/static_driver.cmake")

# The folder of a checkout, as an absolute path.
source_folder() {
   local source
   source=$(cd "$1" 2>/dev/null && pwd -P) || ui_die 2 "--driver source:$1: no such folder."
   [[ -f $source/CMakeLists.txt && -d $source/src/libmongoc && -d $source/src/libbson ]] ||
      ui_die 2 "--driver source:$1: not a mongo-c-driver checkout: CMakeLists.txt, src/libmongoc or src/libbson is missing."
   echo "$source"
}

driver_from_source() {
   local source
   source=$(source_folder "$1") || exit
   packages_need "${PACKAGES_SOURCE_DRIVER[@]}"
   local id dir
   id=$(source_id "$source")
   dir=$FAAS_DRIVERS/source-$id
   if [[ ! -f $dir/faas-stamp ]]; then
      ui_say "Building the driver of $source, static, into build/drivers/source-$id"
      ui_step "driver-$id" "Building the driver" source_build "$source" "$dir"
   fi
   DRIVER_SLUG=source-$id DRIVER_CHOICE=source:$source
   DRIVER_CMAKE=(-DCMAKE_PREFIX_PATH="$dir" -DFAAS_DRIVER_STATIC=ON)
}

# Changes with the folder, its commit, and every edit in it, so that an edited driver is built again.
source_id() {
   (
      cd "$1" || exit
      pwd -P
      # The folder may be inside another repository; only its own counts. A damaged repository can't show what was
      # edited.
      if [[ $(git rev-parse --show-toplevel 2>/dev/null) == "$PWD" ]] && git diff HEAD 2>/dev/null; then
         git rev-parse HEAD
         git ls-files --others --exclude-standard -z | xargs -0 -r stat -c '%n %Y %s'
      else
         # The build of 1.x writes the version that it is told into the checkout.
         source_version .
         find . -type f ! -path ./VERSION_CURRENT -printf '%p %T@ %s\n' | LC_ALL=C sort
      fi
   ) | sha256sum | cut -c 1-8
}

# The version of a checkout, searched for as its own build does; empty if that build finds it by itself.
source_version() {
   local version=''
   if [[ -f $1/VERSION_CURRENT ]]; then
      version=$(<"$1/VERSION_CURRENT")
   elif [[ ! -f $1/VERSION_CURRENT && -f $1/NEWS ]]; then
      # A 1.x checkout without tags would otherwise be 0.0.0, which find_package rejects. NEWS starts with its
      # version.
      version=$(sed -n 's/^\(libmongoc\|mongo-c-driver\) \([0-9][0-9.]*[0-9]\).*/\2/p' "$1/NEWS" | head -n 1)
   fi
   [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+ ]] && echo "$version"
   return 0
}

source_build() {
   local source=$1 dir=$2 work=$2.build-$$ new=$2.new-$$ version bundled=()
   # shellcheck disable=SC2064
   trap "rm -rf '$work' '$new'" EXIT
   version=$(source_version "$source")
   # A distribution's source package lacks these.
   compgen -G "$source/src/zlib-*/adler32.c" >/dev/null || bundled+=(-DENABLE_ZLIB=OFF)
   compgen -G "$source/src/utf8proc-*/utf8proc.c" >/dev/null || bundled+=(-DUSE_BUNDLED_UTF8PROC=OFF)
   cmake -S "$source" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$dir" \
      -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_POSITION_INDEPENDENT_CODE=ON ${version:+-DBUILD_VERSION="$version"} \
      "${SOURCE_OPTIONS[@]}" "${bundled[@]}"
   cmake --build "$work"
   DESTDIR=$new cmake --install "$work"
   : >"$new$dir/faas-stamp"
   rm -rf "$dir"
   mv -T "$new$dir" "$dir"
}

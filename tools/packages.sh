# Packages that the machine needs: lists missing ones, then installs them with apt.
# shellcheck shell=bash

# Only the basics: the driver's own packages belong to driver.sh.
# help2man makes the man pages, groff reads them in the tests.
PACKAGES_BUILD=(gcc libc6-dev cmake ninja-build pkg-config git ca-certificates python3 python3-venv help2man groff-base)
PACKAGES_LINT=(shellcheck)
PACKAGES_ZIP=(advancecomp)
PACKAGES_CLANG=(clang)
# What the providers, the drill and the tests link.
PACKAGES_LIBRARIES=(libutf8proc-dev libcurl4-openssl-dev libcjson-dev libmicrohttpd-dev libarchive-dev libxml2-dev libyaml-dev
   libldns-dev libcmocka-dev)
# To build a driver checkout, and to link its static library.
PACKAGES_SOURCE_DRIVER=(libssl-dev "${PACKAGES_LIBRARIES[@]}")
# To build against the system's driver.
PACKAGES_SYSTEM_DRIVER=(libmongoc-dev "${PACKAGES_SOURCE_DRIVER[@]}")
# A browser for the tests of the drill's page, its driver, and pdftotext.
PACKAGES_BROWSER=(chromium chromium-driver poppler-utils)
# Ubuntu has Chromium only as a snap, which sees no folder but its own; these tests then report that they were
# skipped.
if grep -qs '^ID=ubuntu' /etc/os-release; then
   PACKAGES_BROWSER=()
fi
# The example functions in Java, PHP and Ruby.
PACKAGES_JAVA=(default-jdk-headless maven)
PACKAGES_PHP=(php-cli php-mongodb)
PACKAGES_RUBY=(ruby ruby-bson)
# To make and run packages for both of Lambda's architectures.
PACKAGES_LAMBDA=(gcc-aarch64-linux-gnu qemu-user-static dpkg-dev make)
if [[ $(uname -m) == aarch64 ]]; then
   PACKAGES_LAMBDA[0]=gcc-x86-64-linux-gnu
fi

packages_are_debians() {
   command -v dpkg-query >/dev/null && command -v apt-get >/dev/null
}

# packages_find_missing NAME...: sets PACKAGES_MISSING.
packages_find_missing() {
   local name
   PACKAGES_MISSING=()
   for name; do
      [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true) == installed ]] || PACKAGES_MISSING+=("$name")
   done
}

# packages_release_is_old FILE: whether FILE, an /etc/os-release, is of a Debian or Ubuntu older than the first with
# CMake 3.22 and Python 3.10. Sets PACKAGES_RELEASE to its name.
packages_release_is_old() {
   local key value id='' version='' least=''
   PACKAGES_RELEASE=''
   [[ -r $1 ]] || return 1
   while IFS='=' read -r key value; do
      value=${value//\"/}
      case $key in
         ID) id=$value ;;
         VERSION_ID) version=$value ;;
         PRETTY_NAME) PACKAGES_RELEASE=$value ;;
      esac
   done <"$1"
   case $id in
      debian) least=12 ;;
      ubuntu) least=22.04 ;;
   esac
   # Debian's testing has no number.
   [[ -n $least && -n $version ]] && dpkg --compare-versions "$version" lt "$least"
}

# packages_need NAME...
packages_need() {
   [[ -z ${FAAS_SKIP_PACKAGES:-} ]] || return 0
   if ! packages_are_debians; then
      ui_say "This machine has no apt, and ./dev installs packages on Debian and its derivatives only. These are needed, by their names in Debian:"
      ui_say "    $*"
      ui_say "Install them by hand and run again with FAAS_SKIP_PACKAGES=1, or work in a Debian 12 container:"
      ui_say "    docker run --rm -it -v \"\$PWD\":/src -w /src debian:12 ./dev ${FAAS_COMMAND:-build}"
      exit 2
   fi
   # Before anything is installed.
   ! packages_release_is_old /etc/os-release ||
      ui_die 2 "$PACKAGES_RELEASE is too old for ./dev: its CMake is older than 3.22, and its Python than 3.10. Work in a Debian 12 container:
    docker run --rm -it -v \"\$PWD\":/src -w /src debian:12 ./dev ${FAAS_COMMAND:-build}
or install newer ones and everything else by hand, and run with FAAS_SKIP_PACKAGES=1 and FAAS_VENV_PYTHON=/path/to/python3.12."
   packages_find_missing "$@"
   ((${#PACKAGES_MISSING[@]})) || return 0

   local sudo=()
   if ((EUID != 0)); then
      command -v sudo >/dev/null ||
         ui_die 2 "These packages are missing and only root can install them: apt-get install ${PACKAGES_MISSING[*]}"
      sudo=(sudo)
   fi
   # apt-get fails if another one holds the lock. Waits for another ./dev, which may install the same packages.
   exec 8</var/lib/dpkg
   flock 8
   packages_find_missing "$@"
   ((${#PACKAGES_MISSING[@]} == 0)) || packages_install "${sudo[@]}" 8<&-
   exec 8<&-
}

# packages_install SUDO...
packages_install() {
   ui_say "Installing from this machine's own package sources: ${PACKAGES_MISSING[*]}"
   # A stale or missing package list is the usual reason for a failed installation, so refreshes it first.
   ui_step apt-update "Refreshing the package lists" "$@" apt-get update
   ui_step apt-install "Installing ${#PACKAGES_MISSING[@]} packages" \
      "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${PACKAGES_MISSING[@]}"
}

# What has to be installed on the machine: names it first, then installs it with apt, and does nothing the next time.
# shellcheck shell=bash

# Only the basics: the driver's own packages belong to driver.sh.
# help2man makes the man pages, groff reads them in the tests.
PACKAGES_BUILD=(gcc libc6-dev cmake ninja-build pkg-config git ca-certificates python3 python3-venv help2man groff-base)
PACKAGES_LINT=(shellcheck)
PACKAGES_ZIP=(advancecomp)
PACKAGES_CLANG=(clang)
# To build against the system's driver.
PACKAGES_SYSTEM_DRIVER=(libmongoc-dev libcurl4-openssl-dev libcjson-dev libmicrohttpd-dev libarchive-dev
   libxml2-dev libutf8proc-dev libcmocka-dev)
# The drill's page is tested in one: it, what drives it, and pdftotext.
PACKAGES_BROWSER=(chromium chromium-driver poppler-utils)
# Ubuntu has Chromium as a snap only, which sees no other folder than its own; these tests then say that they were skipped.
if grep -qs '^ID=ubuntu' /etc/os-release; then
   PACKAGES_BROWSER=()
fi
# To build a driver checkout, and against what its static library then needs.
PACKAGES_SOURCE_DRIVER=(libssl-dev libcurl4-openssl-dev libcjson-dev libmicrohttpd-dev libarchive-dev
   libxml2-dev libutf8proc-dev libcmocka-dev)

packages_are_debians() {
   command -v dpkg-query >/dev/null && command -v apt-get >/dev/null
}

# packages_need NAME...
packages_need() {
   [[ -z ${FAAS_SKIP_PACKAGES:-} ]] || return 0
   if ! packages_are_debians; then
      ui_say "This machine has no apt. ./dev installs what it needs on Debian (and its kin) only. Needed here, by Debian's names:"
      ui_say "    $*"
      ui_say "Install them by hand and run again with FAAS_SKIP_PACKAGES=1, or work in a Debian 12 container:"
      ui_say "    docker run --rm -it -v \"\$PWD\":/src -w /src debian:12 ./dev ${FAAS_COMMAND:-build}"
      exit 2
   fi
   local name missing=()
   for name; do
      [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true) == installed ]] || missing+=("$name")
   done
   ((${#missing[@]})) || return 0

   local sudo=()
   if ((EUID != 0)); then
      command -v sudo >/dev/null ||
         ui_die 2 "These packages are missing and only root can install them: apt-get install ${missing[*]}"
      sudo=(sudo)
   fi
   ui_say "Installing from this machine's own package sources: ${missing[*]}"
   # A stale or missing package list is the usual reason for an install to fail, so it is refreshed first.
   ui_step apt-update "Refreshing the package lists" "${sudo[@]}" apt-get update
   ui_step apt-install "Installing ${#missing[@]} packages" \
      "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

#!/usr/bin/env bash
# Does the work of mongodb/Makefile: sam_build.sh ARTIFACTS_DIR MAKE fills that folder with an unpacked package. MAKE
# is the number of the make process that SAM has started.
set -euo pipefail
ARTIFACTS=${1:?expected the folder to fill, which sam gives as ARTIFACTS_DIR}
MAKE=${2:?expected the process number of make}
cd "$(dirname "$0")/.."

# process_field PROCESS N: of /proc/PROCESS/stat, counted as in proc_pid_stat(5), 3 or more; the second may hold anything.
process_field() {
   local stat fields
   stat=$(<"/proc/$1/stat")
   read -ra fields <<<"${stat##*) }"
   echo "${fields[$2 - 3]}"
}

# Whether a file was written since a process began.
is_newer_than_process() {
   local file=$1 begin_ticks uptime now
   begin_ticks=$(process_field "$2" 22)
   # At the same moment: before bash 5 another program must tell the time.
   read -r uptime _ </proc/uptime && now=${EPOCHREALTIME:-$(date +%s.%N)}
   awk -v now="${now/,/.}" -v written="$(stat -c %.9Y "$file")" -v uptime="$uptime" -v begin="$begin_ticks" \
      -v hertz="$(getconf CLK_TCK)" 'BEGIN { exit !(now - written < uptime - begin / hertz) }'
}

# The architecture that SAM was told to build for: SAM writes it beside its build folder before it runs make
# (aws-sam-cli, samcli/lib/build/build_graph.py), but neither in a container nor for sam build MongoDBFunction, which
# leaves the file of the build before.
template_architecture() {
   local record=$ARTIFACTS/../../build.toml
   if [[ -f $record ]] && is_newer_than_process "$record" "$(process_field "$MAKE" 4)"; then
      awk -F'"' '/^architecture = /{found = $2} /^functions = .*"MongoDBFunction"/{print found}' "$record"
   fi
}

# Of an ELF file; nothing for anything else.
machine_of() {
   case $(od -An -tx1 -N20 "$1" | tr -d ' \n') in
      7f454c46*3e00) echo x86_64 ;;
      7f454c46*b700) echo arm64 ;;
   esac
}

TEMPLATE=$(template_architecture)
case ${FAAS_ARCH:-}:$TEMPLATE in
   x86_64:arm64 | arm64:x86_64)
      echo "FAAS_ARCH is $FAAS_ARCH, but the template's Architecture is $TEMPLATE. Unset FAAS_ARCH, or pass" \
         "--parameter-overrides Architecture=$FAAS_ARCH to sam build and sam deploy." >&2
      exit 2
      ;;
esac
FAAS_ARCH=${FAAS_ARCH:-$TEMPLATE}

# Built before on another system, because the hosts of MongoDB's CI that have the SAM CLI are too old.
if [[ -n ${FAAS_PREBUILT:-} ]]; then
   [[ -x $FAAS_PREBUILT/bootstrap ]] || {
      echo "FAAS_PREBUILT is \"$FAAS_PREBUILT\"; expected an unpacked package there, relative to the repository." \
         "./dev package -o FOLDER/ makes one." >&2
      exit 2
   }
   MACHINE=$(machine_of "$FAAS_PREBUILT/bootstrap")
   if [[ -n $MACHINE && -n $FAAS_ARCH && $MACHINE != "$FAAS_ARCH" ]]; then
      echo "FAAS_PREBUILT is \"$FAAS_PREBUILT\", a package for $MACHINE; expected one for $FAAS_ARCH, the template's" \
         "Architecture. ./dev package --arch $FAAS_ARCH -o FOLDER/ makes one; or give sam build and sam deploy" \
         "--parameter-overrides Architecture=$MACHINE." >&2
      exit 2
   fi
   cp -R "$FAAS_PREBUILT/." "$ARTIFACTS/"
   exit
fi

# AWS's build image for provided.al2023 is Amazon Linux: no apt, and so no Debian driver either.
if ! command -v apt-get >/dev/null && command -v dnf >/dev/null; then
   if [[ ${FAAS_DRIVER:-} != source:* ]]; then
      echo "On Amazon Linux the driver is built from a checkout inside this repository; expected" \
         "FAAS_DRIVER=source:DIR, found \"${FAAS_DRIVER:-}\". See docs/lambda.md." >&2
      exit 2
   elif [[ -n ${FAAS_LEAN:-} ]]; then
      echo "FAAS_LEAN is \"$FAAS_LEAN\"; the small package is made on Debian only. See docs/lambda.md." >&2
      exit 2
   fi
   packaging/al2023.sh
   export FAAS_SKIP_PACKAGES=1
fi

exec ./dev package ${FAAS_DRIVER:+--driver "$FAAS_DRIVER"} ${FAAS_ARCH:+--arch "$FAAS_ARCH"} ${FAAS_LEAN:+--lean} -o "$ARTIFACTS/"

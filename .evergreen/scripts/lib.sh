# Shared by the scripts of the Evergreen tasks: required variables, where ./dev runs, and which driver it gets.
# Nothing here expands the value of a secret, so a trace (bash -x) shows none.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
MODULE=mongo-c-driver
# The system that ./dev is made for. FAAS_CONTAINER_IMAGE may name the same image in a mirror.
IMAGE=${FAAS_CONTAINER_IMAGE:-debian:12}

say() { printf '%s\n' "$*" >&2; }

# die STATUS MESSAGE: 1 if the work failed, 2 for wrong arguments or a missing part.
die() {
   local status=$1
   shift
   say "${0##*/}: $*"
   exit "$status"
}

# wrong_use ARGUMENT
wrong_use() { die 2 "unknown argument \"$1\"; see ${0##*/} --help"; }

# read_arguments OPTIONS FLAGS ARGUMENTS...: sets ARGUMENTS to what ./dev takes: those OPTIONS with their values, a driver as
# driver_of has it, those FLAGS, and everything from -- on when that is one of the FLAGS. --help ends the script with its usage.
read_arguments() {
   local options=" $1 " flags=" $2 " value
   shift 2
   ARGUMENTS=()
   while (($#)); do
      if [[ $1 == --help || $1 == -h ]]; then
         usage
         exit 0
      fi
      if [[ $options == *" $1 "* ]]; then
         (($# >= 2)) || die 2 "$1 needs a value; see ${0##*/} --help"
         value=$2
         [[ $1 != --driver ]] || value=$(driver_of "$value")
         ARGUMENTS+=("$1" "$value")
         shift 2
         continue
      fi
      [[ $flags == *" $1 "* ]] || wrong_use "$1"
      if [[ $1 == -- ]]; then
         ARGUMENTS+=("$@")
         return
      fi
      ARGUMENTS+=("$1")
      shift
   done
}

# Who sets a variable of the specification's table (FaaS Automated Testing, "Running in Continuous Integration").
setter_of() {
   local project="a variable of the Evergreen project: Project Settings, Variables"
   case $1 in
      LAMBDA_AWS_ROLE_ARN) echo "$project" ;;
      DRIVERS_ATLAS_PUBLIC_API_KEY | DRIVERS_ATLAS_PRIVATE_API_KEY | DRIVERS_ATLAS_LAMBDA_USER | \
         DRIVERS_ATLAS_LAMBDA_PASSWORD) echo "$project, private" ;;
      DRIVERS_ATLAS_GROUP_ID | LAMBDA_STACK_NAME) echo "$project" ;;
      DRIVERS_TOOLS | PROJECT_DIRECTORY) echo 'expansions.update in the function "fetch source" of .evergreen/config.yml' ;;
      TEST_LAMBDA_DIRECTORY | AWS_REGION) echo "env of the task test-aws-lambda-deployed in .evergreen/config.yml" ;;
      AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN)
         echo "ec2.assume_role in the task test-aws-lambda-deployed of .evergreen/config.yml"
         ;;
      MONGODB_URI)
         echo "expansions.update of atlas-expansion.yml, which drivers-evergreen-tools' setup-atlas-cluster.sh writes"
         ;;
      *) echo "the caller" ;;
   esac
}

# need VARIABLE...: ends the script if one of them is unset or empty, and says who sets it.
need() {
   local name missing=0
   for name; do
      # :+ instead of the value itself, which a trace would show.
      if [[ -z ${!name:+set} ]]; then
         say "${0##*/}: $name is not set. Set by: $(setter_of "$name")."
         missing=1
      fi
   done
   ((missing == 0)) || exit 2
}

# need_program NAME HOW-TO-GET-IT
need_program() {
   command -v "$1" >/dev/null || die 2 "the program $1 is missing. $2"
}

# Sets CONTAINER to podman or docker, or to nothing if ./dev works on this machine itself.
find_container() {
   local id='' version=''
   CONTAINER=${FAAS_CONTAINER:-}
   case $CONTAINER in
      none)
         CONTAINER=''
         return
         ;;
      podman | docker)
         need_program "$CONTAINER" "FAAS_CONTAINER names it."
         return
         ;;
      '') ;;
      *) die 2 "FAAS_CONTAINER is podman, docker or none; found \"$CONTAINER\"." ;;
   esac
   if [[ -r /etc/os-release ]]; then
      # shellcheck source=/dev/null
      read -r id version < <(source /etc/os-release && echo "${ID:-} ${VERSION_ID:-999}")
   fi
   [[ $id != debian || ${version%%.*} -lt 12 ]] || return 0
   for CONTAINER in podman docker; do
      command -v "$CONTAINER" >/dev/null && return
   done
   die 2 "./dev works on Debian 12 and newer, this is ${id:-an unknown system} $version, and there is neither podman nor docker" \
      "to run $IMAGE with. Set FAAS_CONTAINER=none to try it here anyway."
}

# dev ARGUMENTS...: ./dev on this machine, or in a container where the repository has the same path.
dev() {
   find_container
   cd "$ROOT" || exit
   if [[ -z $CONTAINER ]]; then
      ./dev "$@"
      return
   fi
   # Privileged, because a packaged function has its own mount namespace, and because of SELinux and the volume.
   local name options=(--rm --init --privileged --volume "$ROOT:$ROOT" --workdir "$ROOT")
   # The name alone: the value is passed in the environment, which no list of processes shows.
   for name in FAAS_DRIVER FAAS_ARCH FAAS_LEAN FAAS_DEBIAN_MIRROR NO_COLOR; do
      [[ -z ${!name:+set} ]] || options+=(--env "$name")
   done
   # git otherwise refuses a repository that belongs to another user than the container's.
   options+=(--env GIT_CONFIG_COUNT=1 --env GIT_CONFIG_KEY_0=safe.directory --env 'GIT_CONFIG_VALUE_0=*')
   # Docker's root is also root outside, so Evergreen could not remove its files.
   [[ $CONTAINER != docker ]] || options+=(--env "FAAS_OWNER=$(id -u):$(id -g)")
   say "In a container of $IMAGE: ./dev $*"
   # shellcheck disable=SC2016 # expanded in the container
   "$CONTAINER" run "${options[@]}" "$IMAGE" bash -c \
      './dev "$@"; status=$?; [[ -z ${FAAS_OWNER:-} ]] || chown -R "$FAAS_OWNER" build; exit "$status"' dev "$@"
}

# driver_of CHOICE: what ./dev calls it. module is the Evergreen module mongo-c-driver as checked out, with a patch
# applied if there is one; module@TAG is that release, from the module's clone.
driver_of() {
   local tag=${1#module@} folder
   case $1 in
      module | module@?*)
         [[ -d $ROOT/$MODULE/src/libmongoc ]] ||
            die 2 "there is no $MODULE/ in the repository. Evergreen clones it (modules: in .evergreen/config.yml);" \
               "by hand: git clone https://github.com/mongodb/$MODULE"
         ;;&
      module) echo "source:$MODULE" ;;
      module@?*)
         folder=build/evergreen/$MODULE-$tag
         if [[ ! -d $ROOT/$folder ]]; then
            mkdir -p "$ROOT/build/evergreen"
            rm -rf "$ROOT/$folder.new"
            git -c advice.detachedHead=false clone --quiet --branch "$tag" "$ROOT/$MODULE" "$ROOT/$folder.new" >&2 ||
               die 2 "the module $MODULE has no release \"$tag\"."
            mv "$ROOT/$folder.new" "$ROOT/$folder"
         fi
         echo "source:$folder"
         ;;
      system | debian:?* | source:?*) echo "$1" ;;
      *) die 2 "a driver is module, module@TAG, system, debian:SUITE or source:DIR; found \"$1\"." ;;
   esac
}

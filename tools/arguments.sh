# Arguments that several commands share: --driver, --preset and the like.
# shellcheck shell=bash

ARG_arch='' ARG_driver='' ARG_freeze='' ARG_function='' ARG_image='' ARG_jobs='' ARG_output='' ARG_phases=''
ARG_platform='' ARG_preset='' ARG_times='' REST=()

# The value expected, for messages about an empty one.
declare -A ARGUMENTS_EXPECT=(
   [arch]='x86_64 or arm64'
   [driver]='a driver'
   [freeze]='a number of seconds'
   [function]='the name of a function'
   [image]='the name of an image'
   [jobs]='a whole number'
   [only]='parts of a release'
   [output]='a path'
   [phases]='a list of phases'
   [platform]='a platform'
   [preset]='a preset'
   [region]='an AWS region'
   [stack]='the name of a stack'
   [times]='a whole number'
)

# arguments_read "driver preset" ARGUMENT...: removes --NAME VALUE and --NAME=VALUE of those names from the arguments,
# up to --. Sets ARG_NAME for each (empty when not given) and REST to what is left.
arguments_read() {
   local names=" $1 " name value
   shift
   for name in $names; do
      printf -v "ARG_$name" '%s' ''
   done
   REST=()
   while (($#)); do
      name=${1#--} name=${name%%=*}
      if [[ $1 == -- ]]; then
         shift
         REST+=("$@")
         return
      elif [[ $1 != --* || $names != *" $name "* ]]; then
         REST+=("$1")
         shift
         continue
      elif [[ $1 == *=* ]]; then
         value=${1#*=}
         shift
      else
         value=$(option_value "$@")
         shift 2
      fi
      # Usually an unset variable in a script: ignoring the option would do something other than the script intends.
      [[ -n $value ]] || ui_die 2 "--$name needs ${ARGUMENTS_EXPECT[$name]}, found an empty value; see ./dev $FAAS_COMMAND --help"
      printf -v "ARG_$name" '%s' "$value"
   done
}

# arguments_none COMMAND: dies if arguments_read has left any.
arguments_none() {
   ((${#REST[@]} == 0)) || ui_die 2 "$1: unknown argument \"${REST[0]}\"; see ./dev $1 --help"
}

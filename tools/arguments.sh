# Arguments that several commands share: --driver, --preset and the like.
# shellcheck shell=bash

ARG_arch='' ARG_driver='' ARG_freeze='' ARG_function='' ARG_jobs='' ARG_output='' ARG_phases='' ARG_preset='' ARG_times='' REST=()

# arguments_read "driver preset" ARGUMENT...: takes --NAME VALUE and --NAME=VALUE of those names out of the arguments, up to --.
# Sets ARG_NAME for each (empty when not given) and REST to what is left.
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
      printf -v "ARG_$name" '%s' "$value"
   done
}

# arguments_none COMMAND: dies when arguments_read has left any.
arguments_none() {
   ((${#REST[@]} == 0)) || ui_die 2 "$1: unknown argument \"${REST[0]}\"; see ./dev $1 --help"
}

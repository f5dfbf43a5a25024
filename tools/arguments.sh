# The arguments of commands.
# shellcheck shell=bash

ARG_arch='' ARG_driver='' ARG_dry_run='' ARG_freeze='' ARG_function='' ARG_image='' ARG_jobs='' ARG_keep='' ARG_lean=''
ARG_only='' ARG_outage_command='' ARG_output='' ARG_phases='' ARG_platform='' ARG_preset='' ARG_quick='' ARG_region=''
ARG_stack='' ARG_times='' REST=()

# The value expected, for messages about an empty one.
declare -A ARGUMENTS_EXPECT=(
   [arch]='x86_64 or arm64'
   [driver]='a driver'
   [freeze]='a number of seconds'
   [function]='the name of a function'
   [image]='the name of an image'
   [jobs]='a whole number'
   [only]='parts of a release'
   [outage-command]='a command'
   [output]='a path'
   [phases]='a list of phases'
   [platform]='a platform'
   [preset]='a preset'
   [region]='an AWS region'
   [stack]='the name of a stack'
   [times]='a whole number'
)

# arguments_read "driver outage-command lean!" ARGUMENT...: removes --NAME VALUE and --NAME=VALUE of those names from the
# arguments, and --NAME of those that end with !, up to --. -o is --output. Sets ARG_NAME for each, with _ for - (empty
# when not given), and REST to what is left.
arguments_read() {
   local names=" $1 " name option value
   shift
   for name in ${names//!/}; do
      printf -v "ARG_${name//-/_}" '%s' ''
   done
   REST=()
   while (($#)); do
      option=${1%%=*} name=${1%%=*} name=${name#--}
      [[ $1 != -o ]] || name=output
      if [[ $1 == -- ]]; then
         shift
         REST+=("$@")
         return
      elif [[ $1 == "--$name" && $names == *" $name! "* ]]; then
         printf -v "ARG_${name//-/_}" 1
         shift
         continue
      elif [[ $1 != @(--*|-o) || $names != *" $name "* ]]; then
         REST+=("$1")
         shift
         continue
      elif [[ $1 == *=* ]]; then
         value=${1#*=}
         shift
      else
         (($# >= 2)) || ui_die 2 "$1 needs a value; see ./dev $FAAS_COMMAND --help"
         value=$2
         shift 2
      fi
      # Usually an unset variable in a script: ignoring the option would do something other than the script intends.
      [[ -n $value ]] || ui_die 2 "$option needs ${ARGUMENTS_EXPECT[$name]}, found an empty value; see ./dev $FAAS_COMMAND --help"
      printf -v "ARG_${name//-/_}" '%s' "$value"
   done
}

# arguments_none COMMAND: dies if arguments_read has left any.
arguments_none() {
   ((${#REST[@]} == 0)) || ui_die 2 "$1: unknown argument \"${REST[0]}\"; see ./dev $1 --help"
}

# copy_sources TO: a folder with the project's own files, including uncommitted edits, without build output. Also
# sourced by tests/release/make.sh.
# shellcheck shell=bash
# shellcheck source=tools/sources.sh
source "${BASH_SOURCE[0]%/*}/../../tools/sources.sh"

copy_sources() {
   local to=$1 pattern found
   rm -rf "$to"
   mkdir -p "$to/build"/{sysroots,drivers}
   sources_list '*' | (cd "$FAAS_ROOT" && tar -cf - --null -T -) | tar -C "$to" -xf -
   # Downloads and builds of them: linked, not made again. Unfinished ones have names with a dot, which this does not match.
   for pattern in 'sysroots/*' 'drivers/*-curl'; do
      found=$(compgen -G "$FAAS_ROOT/build/$pattern") || continue
      xargs -d '\n' cp -al -t "$to/build/${pattern%%/*}" <<<"$found"
   done
}

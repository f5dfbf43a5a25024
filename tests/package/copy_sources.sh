# copy_sources TO: a folder with the project's own files, including uncommitted edits, without build output. Also
# sourced by tests/release/make.sh.
# shellcheck shell=bash
# shellcheck source=tools/sources.sh
source "${BASH_SOURCE[0]%/*}/../../tools/sources.sh"

copy_sources() {
   local to=$1 sysroots
   rm -rf "$to"
   mkdir -p "$to/build/sysroots"
   sources_list '*' | (cd "$FAAS_ROOT" && tar -cf - --null -T -) | tar -C "$to" -xf -
   # Downloads: linked, not fetched again. Unfinished ones have names with a dot, which this does not match.
   sysroots=$(compgen -G "$FAAS_SYSROOTS/*") || return 0
   xargs -d '\n' cp -al -t "$to/build/sysroots" <<<"$sysroots"
}

# copy_sources TO: a folder with the project's own files, so that an edit is tested before it is committed; nothing that
# was built. Read by tests/release/make.sh too.
# shellcheck shell=bash
# shellcheck source=tools/sources.sh
source "${BASH_SOURCE[0]%/*}/../../tools/sources.sh"

copy_sources() {
   local to=$1 pattern found
   rm -rf "$to"
   mkdir -p "$to/build"/{sysroots,drivers}
   sources_list '*' | (cd "$FAAS_ROOT" && tar -cf - --null -T -) | tar -C "$to" -xf -
   # Downloads, and what is built of them alone: linked. Those under way have names with a dot, which this does not match.
   for pattern in 'sysroots/*' 'drivers/*-curl'; do
      found=$(compgen -G "$FAAS_ROOT/build/$pattern") || continue
      xargs -d '\n' cp -al -t "$to/build/${pattern%%/*}" <<<"$found"
   done
}

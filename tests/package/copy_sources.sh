# copy_sources TO: a folder with the files that git has or would take, so that an edit is tested before it is committed;
# nothing that was built. Read by tests/release/make.sh too.
# shellcheck shell=bash

copy_sources() {
   local to=$1 sysroots
   rm -rf "$to"
   mkdir -p "$to/build/sysroots"
   git -C "$FAAS_ROOT" ls-files -z --cached --others --exclude-standard |
      (cd "$FAAS_ROOT" && xargs -0 -r ls -d 2>/dev/null | tar -cf - -T -) | tar -C "$to" -xf -
   # Downloads: linked, not fetched again. Those under way have names with a dot, which this does not match.
   sysroots=$(compgen -G "$FAAS_SYSROOTS/*") || return 0
   xargs -d '\n' cp -al -t "$to/build/sysroots" <<<"$sysroots"
}

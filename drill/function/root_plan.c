#include "root_plan.h"

#include "room.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What programs of this machine need. On NixOS and Guix, /nix and /gnu hold all of them. */
static const char *const shown[] = {
   "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/nix", "/gnu", "/sys"};
static const char *const empty[] = {"/home", "/mnt", "/opt", "/root", "/run", "/var", "/var/lang", ROOT_RUNTIME};
static const char *const devices[] = {"/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"};
static const char *const device_links[][2] = {{"/proc/self/fd", "/dev/fd"},
                                              {"/proc/self/fd/0", "/dev/stdin"},
                                              {"/proc/self/fd/1", "/dev/stdout"},
                                              {"/proc/self/fd/2", "/dev/stderr"}};

static void
add(struct root_plan *plan, enum root_step_kind kind, const char *target, const char *source)
{
   if (!room_for_one(&plan->steps, plan->count, sizeof *plan->steps, SIZE_MAX)) {
      plan->failed = true;
      return;
   }
   struct root_step step = {.kind = kind, .target = strdup(target), .source = strdup(source)};
   plan->failed = plan->failed || step.target == NULL || step.source == NULL;
   plan->steps[plan->count++] = step;
}

static bool
has_target(const struct root_plan *plan, const char *path)
{
   for (size_t i = 0; i < plan->count; i++) {
      if (strcmp(plan->steps[i].target, path) == 0) {
         return true;
      }
   }
   return false;
}

static bool
is_below(const char *path, const char *folder)
{
   size_t length = strlen(folder);
   return strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* True if path is inside something that is shown as a whole, so that nothing needs to be made for it. */
static bool
is_shown(const struct root_plan *plan, const char *path)
{
   for (size_t i = 0; i < plan->count; i++) {
      if (plan->steps[i].kind == ROOT_BIND && is_below(path, plan->steps[i].target)) {
         return true;
      }
   }
   return false;
}

/* True if the function already sees both at their own places: path, and source, where path leads by links. */
static bool
is_seen(const struct root_plan *plan, const char *path, const char *source)
{
   bool path_seen = false;
   bool source_seen = false;
   for (size_t i = 0; i < plan->count; i++) {
      const struct root_step *step = &plan->steps[i];
      if (step->kind == ROOT_BIND && strcmp(step->source + strlen(ROOT_OLD), step->target) == 0) {
         path_seen = path_seen || is_below(path, step->target);
         source_seen = source_seen || strcmp(source, step->target) == 0 || is_below(source, step->target);
      }
   }
   return path_seen && source_seen;
}

static void
add_parents(struct root_plan *plan, const char *path)
{
   char parent[PATH_MAX];
   for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
      int length = (int)(slash - path);
      if (snprintf(parent, sizeof parent, "%.*s", length, path) == length && !has_target(plan, parent)) {
         add(plan, ROOT_FOLDER, parent, "");
      }
   }
}

/* Shows the machine's source at target. */
static void
add_bind(struct root_plan *plan, enum root_step_kind kind, const char *target, const char *source, bool folder)
{
   char old[PATH_MAX + sizeof ROOT_OLD];
   (void)snprintf(old, sizeof old, "%s%s", ROOT_OLD, source);
   if (!is_shown(plan, target)) {
      add_parents(plan, target);
      if (!has_target(plan, target)) {
         add(plan, folder ? ROOT_FOLDER : ROOT_FILE, target, "");
      }
   }
   add(plan, kind, target, old);
}

static void
add_system(struct root_plan *plan)
{
   for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
      struct stat status;
      char text[PATH_MAX];
      ssize_t length = readlink(shown[i], text, sizeof text - 1);
      if (length > 0) {
         text[length] = '\0';
         add(plan, ROOT_LINK, shown[i], text);
      } else if (stat(shown[i], &status) == 0 && S_ISDIR(status.st_mode)) {
         add_bind(plan, ROOT_BIND, shown[i], shown[i], true);
      }
   }
   for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
      add(plan, ROOT_FOLDER, empty[i], "");
   }
   /* systemd-resolved keeps the file in /run. */
   char resolver[PATH_MAX];
   if (realpath("/etc/resolv.conf", resolver) != NULL && !is_shown(plan, resolver)) {
      add_bind(plan, ROOT_BIND, resolver, resolver, false);
   }
}

static void
add_devices(struct root_plan *plan)
{
   add(plan, ROOT_FOLDER, "/dev", "");
   for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
      add_bind(plan, ROOT_BIND_OPEN, devices[i], devices[i], false);
   }
   for (size_t i = 0; i < sizeof device_links / sizeof device_links[0]; i++) {
      add(plan, ROOT_LINK, device_links[i][1], device_links[i][0]);
   }
}

/* Node's os.userInfo() and Java's user.name fail if the user has no name. */
static void
add_user(struct root_plan *plan, const struct root_wish *wish)
{
   char text[160];
   (void)snprintf(text,
                  sizeof text,
                  "root:x:0:0:root:/root:/bin/bash\nsbx_user1051:x:%u:%u::/home/sbx_user1051:/sbin/nologin\n",
                  (unsigned)wish->user,
                  (unsigned)wish->group);
   add(plan, ROOT_REPLACE, "/etc/passwd", text);
   if (wish->resolver != NULL) {
      add(plan, ROOT_REPLACE, "/etc/resolv.conf", wish->resolver);
   }
}

static void
add_task(struct root_plan *plan, const char *task)
{
   struct stat status;
   /* A zip has no entry for the folder itself, so its mode here means nothing on Lambda. */
   bool open = stat(task, &status) == 0 && (status.st_mode & 05) == 05;
   add_bind(plan, open ? ROOT_BIND : ROOT_MERGE, ROOT_TASK, task, true);
}

static int
add_mounts(struct root_plan *plan, const char *const *mounts, struct drill_error *error)
{
   for (size_t i = 0; mounts != NULL && mounts[i] != NULL; i++) {
      struct stat status;
      char source[PATH_MAX];
      if (mounts[i][0] != '/' || realpath(mounts[i], source) == NULL || stat(source, &status) != 0) {
         return drill_error_set(error,
                                "--mount %.500s: %s",
                                mounts[i],
                                mounts[i][0] != '/' ? "the path must be absolute" : strerror(errno));
      }
      if (!is_seen(plan, mounts[i], source)) {
         add_bind(plan, ROOT_BIND, mounts[i], source, S_ISDIR(status.st_mode));
      }
   }
   return 0;
}

int
root_plan_init(struct root_plan *plan, const struct root_wish *wish, struct drill_error *error)
{
   *plan = (struct root_plan){0};
   add_system(plan);
   add_user(plan, wish);
   add_devices(plan);
   add(plan, ROOT_FOLDER, "/proc", "");
   add(plan, ROOT_PROC, "/proc", wish->hide_processes ? "hidepid=2" : "");
   if (wish->temporary == NULL) {
      add(plan, ROOT_FOLDER, "/tmp", "");
      add(plan, ROOT_TMPFS, "/tmp", "mode=1777,size=512m");
   } else {
      add_bind(plan, ROOT_BIND_OPEN, "/tmp", wish->temporary, true);
   }
   if (wish->shared != NULL) {
      add_bind(plan, ROOT_BIND_OPEN, ROOT_SHARED, wish->shared, true);
   }
   add_task(plan, wish->task);
   if (wish->runtime != NULL) {
      add_bind(plan, ROOT_BIND, ROOT_RUNTIME, wish->runtime, true);
   }
   if (add_mounts(plan, wish->mounts, error) != 0 || add_mounts(plan, wish->runtime_mounts, error) != 0) {
      return -1;
   }
   if (plan->failed) {
      return drill_error_set(error, "out of memory: could not prepare the function's file system");
   }
   return 0;
}

void
root_plan_clear(struct root_plan *plan)
{
   for (size_t i = 0; i < plan->count; i++) {
      free(plan->steps[i].source);
      free(plan->steps[i].target);
   }
   free(plan->steps);
   *plan = (struct root_plan){0};
}

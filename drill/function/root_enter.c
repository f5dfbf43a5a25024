#include "root_enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the new root is built. Covers /tmp only in this process's namespace. */
#define STAGE "/tmp"

/* mount_setattr(2). The headers of libc and the kernel are not available everywhere, and can't always be used
 * together. */
#define MOUNT_SETATTR 442
#define READ_ONLY 0x1
#define NO_SETUID 0x2
#define NO_DEVICES 0x4

struct attributes {
   uint64_t set;
   uint64_t clear;
   uint64_t propagation;
   uint64_t user_namespace;
};

static int
write_file(const char *path, int flags, const char *text)
{
   int file = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
   if (file < 0) {
      return errno;
   }
   int failed = write(file, text, strlen(text)) < 0 ? errno : 0;
   close(file);
   return failed;
}

/* snprintf is not async-signal-safe. */
static char *
put_number(char *text, unsigned number)
{
   char digits[16];
   size_t count = 0;
   do {
      digits[count++] = (char)('0' + number % 10);
      number /= 10;
   } while (number > 0);
   while (count > 0) {
      *text++ = digits[--count];
   }
   return text;
}

/* --- the steps ---------------------------------------------------------------------------------------------------- */

/* Applies to all mounts below target; mount(2) could do it for the top one only. */
static int
restrict_mount(const char *target, uint64_t attributes)
{
   struct attributes change = {.set = attributes};
   return syscall(MOUNT_SETATTR, AT_FDCWD, target, AT_RECURSIVE, &change, sizeof change) == 0 ? 0 : errno;
}

static int
bind_to(const char *source, const char *target, uint64_t attributes)
{
   if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) != 0) {
      return errno;
   }
   return restrict_mount(target, attributes);
}

/* The top layer, an empty folder of our own, supplies the mode. The path has no colon, which would separate layers. */
static int
merge(const char *source, const char *target)
{
   static const char layer[] = "/.layer";
   static const char options[] = "lowerdir=/.layer:/proc/self/fd/";
   char text[sizeof options + 16];
   int folder = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
   if (folder < 0 || (mkdir(layer, 0755) != 0 && errno != EEXIST)) {
      return errno;
   }
   strcpy(text, options);
   *put_number(text + strlen(text), (unsigned)folder) = '\0';
   int failed = mount("overlay", target, "overlay", MS_RDONLY | MS_NOSUID | MS_NODEV, text) == 0 ? 0 : errno;
   close(folder);
   return failed;
}

static int
replace(const char *text, const char *target)
{
   static const char file[] = "/.replacement";
   if (access(target, F_OK) != 0) {
      return 0;
   }
   int failed = write_file(file, O_CREAT | O_EXCL, text);
   failed = failed != 0 ? failed : bind_to(file, target, READ_ONLY | NO_SETUID | NO_DEVICES);
   unlink(file);
   return failed;
}

static int
result_of(int result)
{
   return result == 0 ? 0 : errno;
}

static int
take_step(const struct root_step *step)
{
   int failed;
   switch (step->kind) {
   case ROOT_FOLDER:
      /* An earlier process may have made it, for what is shown below /tmp. */
      return mkdir(step->target, 0755) == 0 || errno == EEXIST ? 0 : errno;
   case ROOT_FILE:
      /* The same applies here. */
      failed = write_file(step->target, O_CREAT | O_EXCL, "");
      return failed == EEXIST ? 0 : failed;
   case ROOT_LINK:
      return result_of(symlink(step->source, step->target));
   case ROOT_BIND:
      return bind_to(step->source, step->target, READ_ONLY | NO_SETUID | NO_DEVICES);
   case ROOT_BIND_OPEN:
      return bind_to(step->source, step->target, NO_SETUID);
   case ROOT_MERGE:
      return merge(step->source, step->target);
   case ROOT_TMPFS:
      return result_of(mount("tmpfs", step->target, "tmpfs", MS_NODEV | MS_NOSUID, step->source));
   case ROOT_PROC:
      return result_of(mount("proc", step->target, "proc", MS_NODEV | MS_NOSUID | MS_NOEXEC, step->source));
   case ROOT_REPLACE:
      return replace(step->source, step->target);
   }
   return EINVAL;
}

/* --- the root ----------------------------------------------------------------------------------------------------- */

static int
leave_machine(void)
{
   if (umount2(ROOT_OLD, MNT_DETACH) != 0 || rmdir(ROOT_OLD) != 0) {
      return errno;
   }
   /* Not for the mounts below: /tmp must stay writable. */
   return result_of(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL));
}

static int
build(const struct root_plan *plan)
{
   umask(0);
   if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
       mount("tmpfs", STAGE, "tmpfs", MS_NODEV | MS_NOSUID, "mode=755") != 0 || mkdir(STAGE ROOT_OLD, 0755) != 0 ||
       syscall(SYS_pivot_root, STAGE, STAGE ROOT_OLD) != 0 || chdir("/") != 0) {
      return errno;
   }
   for (size_t i = 0; i < plan->count; i++) {
      int failed = take_step(&plan->steps[i]);
      if (failed != 0) {
         return failed;
      }
   }
   umask(022);
   return leave_machine();
}

int
root_enter_as_root(const struct root_plan *plan)
{
   return unshare(CLONE_NEWNS | CLONE_NEWIPC) == 0 ? build(plan) : errno;
}

int
root_enter_again(int mount_namespace)
{
   return setns(mount_namespace, CLONE_NEWNS) == 0 && unshare(CLONE_NEWIPC) == 0 ? 0 : errno;
}

int
root_become_user(uid_t user, gid_t group)
{
   /* Not by libc, which would make the parent's threads do the same. */
   if (syscall(SYS_setgroups, 0, NULL) != 0 || syscall(SYS_setresgid, group, group, group) != 0 ||
       syscall(SYS_setresuid, user, user, user) != 0) {
      return errno;
   }
   return result_of(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

/* --- without root ------------------------------------------------------------------------------------------------- */

/* user_namespaces(7): "INSIDE OUTSIDE 1". */
static int
map_id(const char *path, unsigned inside, unsigned outside)
{
   char line[48];
   char *end = put_number(line, inside);
   *end++ = ' ';
   end = put_number(end, outside);
   strcpy(end, " 1");
   return write_file(path, 0, line);
}

int
root_enter_as_user(const struct root_plan *plan, uid_t own_user, gid_t own_group, uid_t user, gid_t group)
{
   /* Must be denied before the groups are mapped (user_namespaces(7)). */
   (void)write_file("/proc/self/setgroups", 0, "deny");
   int failed = map_id("/proc/self/uid_map", user, own_user);
   failed = failed != 0 ? failed : map_id("/proc/self/gid_map", group, own_group);
   failed = failed != 0 ? failed : build(plan);
   return failed != 0 ? failed : result_of(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

#include "private_root.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* snprintf is not async-signal-safe. */
static size_t
put_number(char *text, unsigned number)
{
   char digits[16];
   size_t count = 0;
   do {
      digits[count++] = (char)('0' + number % 10);
      number /= 10;
   } while (number > 0);
   for (size_t i = 0; i < count; i++) {
      text[i] = digits[count - 1 - i];
   }
   text[count] = '\0';
   return count;
}

static int
write_file(const char *path, const char *text)
{
   int file = open(path, O_WRONLY | O_CLOEXEC);
   if (file < 0) {
      return errno;
   }
   int failed = write(file, text, strlen(text)) < 0 ? errno : 0;
   close(file);
   return failed;
}

/* user_namespaces(7): "ID ID 1", and setgroups is to be denied before. */
static int
map_self(const char *path, unsigned id)
{
   char line[48];
   size_t length = put_number(line, id);
   line[length++] = ' ';
   length += put_number(line + length, id);
   strcpy(line + length, " 1");
   return write_file(path, line);
}

static int
own_namespaces(uid_t user, gid_t group)
{
   if (unshare(CLONE_NEWNS) == 0) {
      return 0;
   }
   if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
      return errno;
   }
   write_file("/proc/self/setgroups", "deny");
   int failed = map_self("/proc/self/uid_map", user);
   return failed != 0 ? failed : map_self("/proc/self/gid_map", group);
}

int
private_root_enter(const char *path, uid_t user, gid_t group)
{
   int failed = own_namespaces(user, group);
   if (failed != 0) {
      return failed;
   }
   if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
      return errno;
   }
   /* Only now: a descriptor from before is of another namespace, which can't be bound. And not later: path may be below
    * /var. */
   int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
   if (folder < 0) {
      return errno;
   }
   struct stat status;
   if (stat(PRIVATE_ROOT_TASK, &status) != 0) {
      if (mount("tmpfs", "/var", "tmpfs", MS_NODEV | MS_NOSUID, "mode=755") != 0 ||
          mkdir(PRIVATE_ROOT_TASK, 0755) != 0) {
         return errno;
      }
   }
   char source[32] = "/proc/self/fd/";
   put_number(source + strlen(source), (unsigned)folder);
   return mount(source, PRIVATE_ROOT_TASK, NULL, MS_BIND | MS_REC, NULL) == 0 ? 0 : errno;
}

bool
private_root_possible(void)
{
   uid_t user = geteuid();
   gid_t group = getegid();
   pid_t child = fork();
   if (child == 0) {
      _exit(private_root_enter("/", user, group) == 0 ? 0 : 1);
   }
   int status = 1;
   while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
   }
   return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

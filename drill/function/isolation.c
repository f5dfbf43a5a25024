#include "isolation.h"

#include "root_enter.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts as functions do, but with another folder. */
static const struct root_wish trial = {.task = "/usr", .user = 1, .group = 1};

static bool
is_good(pid_t child)
{
   int status = 1;
   while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
   }
   return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
works(bool as_root)
{
   struct root_wish wish = trial;
   wish.hide_processes = as_root;
   wish.temporary = as_root ? NULL : "/tmp";
   struct root_plan plan;
   bool works = false;
   if (root_plan_init(&plan, &wish, NULL) == 0) {
      uid_t user = geteuid();
      gid_t group = getegid();
      pid_t child = as_root ? fork() : (pid_t)syscall(SYS_clone, ROOT_ENTER_CLONE | SIGCHLD, 0, 0, 0, 0);
      if (child == 0) {
         bool entered = as_root ? root_enter_as_root(&plan) == 0 && root_become_user(wish.user, wish.group) == 0
                                : root_enter_as_user(&plan, user, group, wish.user, wish.group) == 0;
         _exit(entered ? 0 : 1);
      }
      works = is_good(child);
   }
   root_plan_clear(&plan);
   return works;
}

enum isolation
isolation_possible(void)
{
   return geteuid() == 0 && works(true) ? ISOLATION_FULL : works(false) ? ISOLATION_OWN_USER : ISOLATION_NONE;
}

const char *
isolation_name(enum isolation isolation)
{
   static const char *const names[] = {
      [ISOLATION_FULL] = "full", [ISOLATION_OWN_USER] = "own-user", [ISOLATION_NONE] = "none"};
   return names[isolation];
}

const char *
isolation_difference(enum isolation isolation)
{
   switch (isolation) {
   case ISOLATION_FULL:
      return NULL;
   case ISOLATION_OWN_USER:
      return "The function runs as your own user, because the drill is not root: it can read files that only you may "
             "read, which fails on Lambda, and its /tmp is not limited to 512 MB.";
   case ISOLATION_NONE:
      return "The function runs in this machine's own file system, because neither mount nor user namespaces can be "
             "created here (a container without CAP_SYS_ADMIN?): it can write where Lambda is read-only.";
   }
   return NULL;
}

#include "process.h"

#include "clock.h"
#include "descriptors.h"
#include "error.h"
#include "root_enter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 1024
/* A thread stops when its turn to run comes: within milliseconds on an idle machine. */
#define STAND_STILL_MAX_US 5000000
#define GONE_MAX_US 2000000

/* --- suspend and thaw --------------------------------------------------------------------------------------------- */

/* Polls, because waitid would block: a process inside vfork stops only when its child goes on. */
static bool
wait_for_stop(const struct process *process, int64_t until_us)
{
   for (unsigned tries = 0;; tries++) {
      siginfo_t info = {0};
      if (waitid(P_PID, (id_t)process->id, &info, WSTOPPED | WNOHANG) != 0) {
         return true; /* ended */
      }
      if (info.si_pid != 0) {
         return true;
      }
      if (process_has_ended(process) || clock_now_us() > until_us) {
         return process_has_ended(process);
      }
      if (tries < 50) {
         sched_yield();
      } else {
         clock_sleep_us(100);
      }
   }
}

bool
process_suspend(struct process *process)
{
   kill(-process->id, SIGSTOP);
   bool still = wait_for_stop(process, clock_now_us() + STAND_STILL_MAX_US);
   return descendants_stop(&process->descendants, clock_now_us() + STAND_STILL_MAX_US) && still;
}

void
process_thaw(struct process *process)
{
   kill(-process->id, SIGCONT);
   descendants_continue(&process->descendants, process->id);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

bool
process_has_ended(const struct process *process)
{
   struct pollfd polled = {.fd = process->descriptor, .events = POLLIN};
   return process->descriptor >= 0 && poll(&polled, 1, 0) == 1;
}

bool
process_await_end(const struct process *process, int64_t until_us)
{
   struct pollfd polled = {.fd = process->descriptor, .events = POLLIN};
   int64_t left_us;
   while (!process_has_ended(process) && (left_us = until_us - clock_now_us()) > 0) {
      poll(&polled, 1, (int)((left_us + 999) / 1000));
   }
   return process_has_ended(process);
}

int
process_exit_status(const struct process *process)
{
   siginfo_t info = {0};
   while (waitid(P_PID, (id_t)process->id, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
   }
   return info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : info.si_status;
}

int
process_end(struct process *process)
{
   kill(-process->id, SIGKILL);
   kill(process->id, SIGKILL);
   int status = process_exit_status(process);
   descendants_kill(&process->descendants, clock_now_us() + GONE_MAX_US);
   guard_remove_descendants(process->guard, process->descendants.mark);
   while (waitpid(process->id, NULL, 0) < 0 && errno == EINTR) {
   }
   descriptors_close(process->descriptor);
   descendants_clear(&process->descendants);
   *process = (struct process){.descriptor = -1};
   return status;
}

/* Descriptors for the start, all closed at exec. */
struct start {
   int go[2];     /* the child waits on it until the guard knows the child */
   int failed[2]; /* carries the child's errno */
   int folder;
   int null;
   pid_t parent;
   uid_t user;
   gid_t group;
};

static void
close_all(struct start *start)
{
   int *const all[] = {
      &start->go[0], &start->go[1], &start->failed[0], &start->failed[1], &start->folder, &start->null};
   for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
      if (*all[i] >= 0) {
         close(*all[i]);
         *all[i] = -1;
      }
   }
}

static bool
open_all(struct start *start, const char *folder)
{
   *start = (struct start){.go = {-1, -1}, .failed = {-1, -1}, .folder = -1, .null = -1};
   start->parent = getpid();
   start->user = geteuid();
   start->group = getegid();
   start->null = open("/dev/null", O_RDWR | O_CLOEXEC);
   start->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
   return start->null >= 0 && start->folder >= 0 && pipe2(start->go, O_CLOEXEC) == 0 &&
          pipe2(start->failed, O_CLOEXEC) == 0;
}

/* --- in the child: async-signal-safe only ------------------------------------------------------------------------- */

#define ANSWERS 3

/* Frees descriptor 3 for the answers. */
static bool
move_up(int *descriptor)
{
   if (*descriptor == ANSWERS) {
      *descriptor = fcntl(ANSWERS, F_DUPFD_CLOEXEC, ANSWERS + 1);
   }
   return *descriptor != -1;
}

/* Returns 0 or errno. */
static int
take_descriptors(struct start *start, struct process_plan *plan)
{
   if (plan->answers >= 0 && (!move_up(&start->failed[1]) || !move_up(&start->folder) || !move_up(&plan->output))) {
      return errno;
   }
   if (plan->answers >= 0 && plan->mounts >= 0 && !move_up(&plan->mounts)) {
      return errno;
   }
   int input = plan->input >= 0 ? plan->input : start->null;
   if (dup2(input, 0) < 0 || dup2(plan->output, 1) < 0 || dup2(plan->output, 2) < 0) {
      return errno;
   }
   /* dup2 onto itself would keep FD_CLOEXEC. */
   if (plan->answers == ANSWERS ? fcntl(ANSWERS, F_SETFD, 0) < 0
                                : plan->answers >= 0 && dup2(plan->answers, ANSWERS) < 0) {
      return errno;
   }
   close_range(plan->answers >= 0 ? ANSWERS + 1 : ANSWERS, ~0U, CLOSE_RANGE_CLOEXEC);
   return 0;
}

static void
reset_signals(void)
{
   for (int number = 1; number < NSIG; number++) {
      signal(number, SIG_DFL);
   }
   sigset_t none;
   sigemptyset(&none);
   sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Enters the file system that the function must see, as the user that it must run as. */
static int
enter(const struct start *start, const struct process_plan *plan)
{
   int failed = 0;
   switch (plan->isolation) {
   case ISOLATION_FULL:
      /* Without this the function could not open /dev/stderr, which is this pipe. */
      failed = fchown(plan->output, plan->user, plan->group) == 0 ? 0 : errno;
      failed = failed != 0         ? failed
               : plan->mounts >= 0 ? root_enter_again(plan->mounts)
                                   : root_enter_as_root(plan->root);
      failed = failed != 0 ? failed : root_become_user(plan->user, plan->group);
      break;
   case ISOLATION_OWN_USER:
      failed = root_enter_as_user(plan->root, start->user, start->group, plan->user, plan->group);
      break;
   case ISOLATION_NONE:
      return fchdir(start->folder) == 0 ? 0 : errno;
   }
   return failed != 0 ? failed : chdir(ROOT_TASK) == 0 ? 0 : errno;
}

static int
become_function(struct start *start, const struct process_plan *given, rlim_t mark)
{
   /* If the drill is killed here, the guard does not know this process yet. */
   prctl(PR_SET_PDEATHSIG, SIGKILL);
   struct process_plan own = *given;
   const struct process_plan *plan = &own;
   char byte;
   /* The first process of a namespace can't see its parent. */
   bool orphan = plan->isolation != ISOLATION_OWN_USER && getppid() != start->parent;
   if (orphan || read(start->go[0], &byte, 1) != 1) {
      return ECANCELED;
   }
   int unmarked = descendants_join(mark);
   if (unmarked != 0) {
      return unmarked;
   }
   reset_signals();
   int failed = take_descriptors(start, &own);
   failed = failed != 0 ? failed : enter(start, plan);
   if (failed != 0) {
      return failed;
   }
   /* AWS, "Lambda quotas": 1,024 file descriptors. Not earlier: until exec all descriptors of the drill are open here,
    * and if they exceed the limit, the calls above could not open another. */
   setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = DESCRIPTORS_MAX, .rlim_max = DESCRIPTORS_MAX});
   prctl(PR_SET_PDEATHSIG, 0); /* it refers to the thread that started the process, and that thread may end */
   execve(plan->arguments[0], plan->arguments, plan->variables);
   return errno;
}

/* clone in place of fork where the process begins its namespaces: it has PID 1 in them. */
static pid_t
start_child(enum isolation isolation)
{
   return isolation == ISOLATION_OWN_USER ? (pid_t)syscall(SYS_clone, ROOT_ENTER_CLONE | SIGCHLD, 0, 0, 0, 0) : fork();
}

/* --- in the drill ------------------------------------------------------------------------------------------------- */

static int
let_go(struct start *start, struct process *process)
{
   setpgid(process->id, process->id);
   guard_add_descendants(process->guard, process->descendants.mark);
   ssize_t length = write(start->go[1], "", 1);
   close(start->failed[1]);
   start->failed[1] = -1;
   int failed = length == 1 ? 0 : EIO;
   do {
      length = read(start->failed[0], &failed, sizeof failed);
   } while (length < 0 && errno == EINTR);
   return failed;
}

int
process_start(struct process *process, const struct process_plan *plan, struct drill_error *error)
{
   *process = (struct process){.descriptor = -1, .guard = plan->guard};
   struct start start;
   int failed = open_all(&start, plan->folder) ? descendants_init(&process->descendants) : errno;
   if (failed == 0) {
      process->id = start_child(plan->isolation);
      if (process->id == 0) {
         setpgid(0, 0);
         failed = become_function(&start, plan, process->descendants.mark);
         ssize_t wrote = write(start.failed[1], &failed, sizeof failed);
         _exit(wrote > 0 ? 127 : 126);
      }
      failed = process->id < 0 ? errno : 0;
   }
   if (failed == 0) {
      process->descriptor = (int)syscall(SYS_pidfd_open, process->id, 0);
      failed = process->descriptor < 0 ? errno : 0;
      int not_executed = let_go(&start, process);
      failed = failed != 0 ? failed : not_executed;
   } else {
      process->id = 0;
   }
   close_all(&start);
   if (failed == 0) {
      return 0;
   }
   if (process->id > 0) {
      process_end(process);
   }
   if (shortage_is(failed)) {
      shortage_tell(error, "start the function's process", failed);
      return -1;
   }
   drill_error_set(error, "fork/exec %s: %s", plan->arguments[0], strerror(failed));
   return 1;
}

#include "process.h"

#include "clock.h"
#include "descriptors.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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
   siginfo_t info;
   while (waitid(P_PID, (id_t)process->id, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
   }
   descendants_kill(&process->descendants, clock_now_us() + GONE_MAX_US);
   guard_remove_descendants(process->guard, process->descendants.mark);
   int status = 0;
   while (waitpid(process->id, &status, 0) < 0 && errno == EINTR) {
   }
   descriptors_close(process->descriptor);
   descendants_clear(&process->descendants);
   *process = (struct process){.descriptor = -1};
   return status;
}

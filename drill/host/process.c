#include "process.h"

#include "clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STAND_STILL_MAX_US 1000000
#define GONE_MAX_US 2000000
/* A look through all of /proc takes about a millisecond: too much for each of many short invocations. */
#define LOOK_AGAIN_US 500000

static void
pause_us(long microseconds)
{
   const struct timespec time = {.tv_nsec = microseconds * 1000};
   nanosleep(&time, NULL);
}

/* --- the group ---------------------------------------------------------------------------------------------------- */

/* State and group of proc(5)'s stat: behind the name, which may have spaces and parentheses in it. '\0' when it is
 * gone.
 */
static char
read_state(pid_t id, pid_t *group)
{
   char path[40];
   char text[512];
   snprintf(path, sizeof path, "/proc/%d/stat", id);
   int file = open(path, O_RDONLY | O_CLOEXEC);
   ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : -1;
   if (file >= 0) {
      close(file);
   }
   if (length <= 0) {
      return '\0';
   }
   text[length] = '\0';
   const char *rest = strrchr(text, ')');
   char state = '\0';
   int parent;
   return rest != NULL && sscanf(rest + 1, " %c %d %d", &state, &parent, group) == 3 ? state : '\0';
}

static void
add_member(struct process *process, pid_t id)
{
   pid_t *members = reallocarray(process->members, process->member_count + 1, sizeof *members);
   if (members != NULL) {
      process->members = members;
      process->members[process->member_count++] = id;
   }
}

static void
look_for_members(struct process *process)
{
   process->member_count = 0;
   add_member(process, process->id);
   DIR *directory = opendir("/proc");
   for (struct dirent *entry = directory != NULL ? readdir(directory) : NULL; entry != NULL;
        entry = readdir(directory)) {
      pid_t group = 0;
      pid_t id = (pid_t)strtol(entry->d_name, NULL, 10);
      if (id > 0 && id != process->id && read_state(id, &group) != '\0' && group == process->id) {
         add_member(process, id);
      }
   }
   if (directory != NULL) {
      closedir(directory);
   }
   process->looked_us = clock_now_us();
}

static void
refresh_members(struct process *process)
{
   if (process->members == NULL || clock_now_us() - process->looked_us > LOOK_AGAIN_US) {
      look_for_members(process);
   }
}

static bool
stands_still(pid_t id, pid_t group)
{
   pid_t its_group = 0;
   char state = read_state(id, &its_group);
   return state == '\0' || its_group != group || strchr("TtZX", state) != NULL;
}

/* --- suspend and thaw --------------------------------------------------------------------------------------------- */

/* Not a waitid that blocks: a process that is within vfork stops only when its child goes on. */
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
         pause_us(100);
      }
   }
}

bool
process_suspend(struct process *process)
{
   int64_t until_us = clock_now_us() + STAND_STILL_MAX_US;
   kill(-process->id, SIGSTOP);
   bool still = wait_for_stop(process, until_us);
   refresh_members(process);
   for (unsigned i = 1; i < process->member_count; i++) {
      while (!stands_still(process->members[i], process->id)) {
         if (clock_now_us() > until_us) {
            return false;
         }
         pause_us(100);
      }
   }
   return still;
}

void
process_thaw(struct process *process)
{
   kill(-process->id, SIGCONT);
}

/* --- what it uses ------------------------------------------------------------------------------------------------- */

int64_t
process_cpu_ns(struct process *process)
{
   refresh_members(process);
   int64_t sum = 0;
   for (unsigned i = 0; i < process->member_count; i++) {
      clockid_t clock;
      struct timespec time;
      if (clock_getcpuclockid(process->members[i], &clock) == 0 && clock_gettime(clock, &time) == 0) {
         sum += (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
      }
   }
   return sum;
}

static uint64_t
resident_pages(pid_t id)
{
   char path[40];
   char text[128];
   snprintf(path, sizeof path, "/proc/%d/statm", id);
   int file = open(path, O_RDONLY | O_CLOEXEC);
   ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : -1;
   if (file >= 0) {
      close(file);
   }
   unsigned long long size;
   unsigned long long resident = 0;
   if (length > 0) {
      text[length] = '\0';
      if (sscanf(text, "%llu %llu", &size, &resident) != 2) {
         resident = 0;
      }
   }
   return resident;
}

uint64_t
process_resident_bytes(struct process *process)
{
   refresh_members(process);
   uint64_t pages = 0;
   for (unsigned i = 0; i < process->member_count; i++) {
      pages += resident_pages(process->members[i]);
   }
   return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

bool
process_has_ended(const struct process *process)
{
   struct pollfd polled = {.fd = process->descriptor, .events = POLLIN};
   return process->descriptor >= 0 && poll(&polled, 1, 0) == 1;
}

/* Killed children of the leader are not ours to wait for. */
static void
wait_for_members(struct process *process)
{
   int64_t until_us = clock_now_us() + GONE_MAX_US;
   for (unsigned i = 1; i < process->member_count; i++) {
      pid_t group = 0;
      char state = read_state(process->members[i], &group);
      while (state != '\0' && group == process->id && strchr("ZX", state) == NULL && clock_now_us() < until_us) {
         pause_us(500);
         state = read_state(process->members[i], &group);
      }
   }
}

int
process_end(struct process *process)
{
   look_for_members(process);
   kill(-process->id, SIGKILL);
   kill(process->id, SIGKILL);
   siginfo_t info;
   while (waitid(P_PID, (id_t)process->id, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
   }
   wait_for_members(process);
   /* While it is not reaped its number is not given to another. */
   guard_remove_group(process->guard, process->id);
   int status = 0;
   while (waitpid(process->id, &status, 0) < 0 && errno == EINTR) {
   }
   if (process->descriptor >= 0) {
      close(process->descriptor);
   }
   free(process->members);
   *process = (struct process){.descriptor = -1};
   return status;
}

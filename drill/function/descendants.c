#include "descendants.h"

#include "clock.h"
#include "descriptors.h"
#include "room.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Searching all of /proc takes up to a millisecond: too long for each of many short invocations. */
#define LOOK_AGAIN_US 500000

/* To find a process's share the kernel walks all its pages, 40 ms for a gigabyte, and holds its memory lock meanwhile.
 * After each look the processes are left alone this many times as long. */
#define SHARES_REST 10

/* --- the mark ----------------------------------------------------------------------------------------------------- */

int
descendants_init(struct descendants *descendants)
{
   *descendants = (struct descendants){.last_id = -1};
   if (getrandom(&descendants->mark, sizeof descendants->mark, 0) != (ssize_t)sizeof descendants->mark) {
      return errno;
   }
   descendants->mark >>= 1; /* never RLIM_INFINITY, which unmarked processes have */
   return 0;
}

void
descendants_clear(struct descendants *descendants)
{
   free(descendants->ids);
   *descendants = (struct descendants){.last_id = -1};
}

int
descendants_join(rlim_t mark)
{
   return setrlimit(RLIMIT_LOCKS, &(struct rlimit){.rlim_cur = mark, .rlim_max = mark}) == 0 ? 0 : errno;
}

/* --- looking for them --------------------------------------------------------------------------------------------- */

/* Returns the length of what it read, without the NUL that it adds; 0 when there is no such file. */
static size_t
read_file(const char *path, char *text, size_t size)
{
   int file = open(path, O_RDONLY | O_CLOEXEC);
   ssize_t length = file >= 0 ? read(file, text, size - 1) : -1;
   descriptors_close(file);
   text[length > 0 ? length : 0] = '\0';
   return length > 0 ? (size_t)length : 0;
}

/* Reads a process's file in /proc; reads nothing when the process is gone. */
static void
read_proc(pid_t id, const char *name, char *text, size_t size)
{
   char path[40];
   snprintf(path, sizeof path, "/proc/%d/%s", id, name);
   read_file(path, text, size);
}

/* For a process of another user, as functions are when the host is root: prlimit would need CAP_SYS_RESOURCE, which
 * root lacks in containers by default. */
static bool
has_mark_in_proc(pid_t id, rlim_t mark)
{
   char text[4096];
   unsigned long long most;
   read_proc(id, "limits", text, sizeof text);
   const char *line = strstr(text, "Max file locks");
   return line != NULL && sscanf(line, "Max file locks %*s %llu", &most) == 1 && most == mark;
}

static bool
has_mark(pid_t id, rlim_t mark)
{
   struct rlimit limit;
   if (prlimit(id, RLIMIT_LOCKS, NULL, &limit) == 0) {
      return limit.rlim_max == mark;
   }
   return errno == EPERM && has_mark_in_proc(id, mark);
}

/* Returns the state in proc(5)'s stat, which follows the name; the name may contain spaces and parentheses. Returns
 * '\0' when the whole process has ended: a process whose first thread has ended shows Z, too, while its other threads
 * run. */
static char
read_state(pid_t id)
{
   char text[512];
   read_proc(id, "stat", text, sizeof text);
   const char *rest = strrchr(text, ')');
   char state;
   long threads;
   if (rest == NULL ||
       sscanf(rest + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld", &state, &threads) !=
          2) {
      return '\0';
   }
   return strchr("ZX", state) != NULL && threads < 2 ? '\0' : state;
}

/* Returns true when the processes differ from those found before. */
static bool
look(struct descendants *descendants)
{
   pid_t *ids = NULL;
   size_t count = 0;
   DIR *directory = opendir("/proc");
   for (struct dirent *entry = directory != NULL ? readdir(directory) : NULL; entry != NULL;
        entry = readdir(directory)) {
      pid_t id = (pid_t)strtol(entry->d_name, NULL, 10);
      if (id > 0 && has_mark(id, descendants->mark) && read_state(id) != '\0' &&
          room_for_one(&ids, count, sizeof *ids, SIZE_MAX)) {
         ids[count++] = id;
      }
   }
   if (directory != NULL) {
      closedir(directory);
   }
   bool changed = count != descendants->count || (count > 0 && memcmp(ids, descendants->ids, count * sizeof *ids) != 0);
   free(descendants->ids);
   descendants->ids = ids;
   descendants->count = count;
   descendants->looked_us = clock_now_us();
   return changed;
}

static void
refresh(struct descendants *descendants)
{
   if (descendants->ids == NULL || clock_now_us() - descendants->looked_us > LOOK_AGAIN_US) {
      look(descendants);
   }
}

bool
descendants_live(struct descendants *descendants)
{
   look(descendants);
   return descendants->count > 0;
}

/* --- stopping them ------------------------------------------------------------------------------------------------ */

/* Sends by a pidfd, and checks the mark after opening it, because the number may belong to another process by now. */
static void
send_signal(const struct descendants *descendants, pid_t id, int number)
{
   int descriptor = (int)syscall(SYS_pidfd_open, id, 0);
   if (descriptor < 0) {
      return;
   }
   if (has_mark(id, descendants->mark)) {
      syscall(SYS_pidfd_send_signal, descriptor, number, NULL, 0);
   }
   close(descriptor);
}

/* Returns true if all were stopped already. */
static bool
stop_those_that_run(const struct descendants *descendants)
{
   bool still = true;
   for (size_t i = 0; i < descendants->count; i++) {
      char state = read_state(descendants->ids[i]);
      if (state != '\0' && strchr("TtZ", state) == NULL) {
         send_signal(descendants, descendants->ids[i], SIGSTOP);
         still = false;
      }
   }
   return still;
}

/* Returns the newest process or thread of this PID namespace (pid_namespaces(7)), or -1 if the kernel does not report
 * it. */
static long
read_last_id(void)
{
   char text[32];
   return read_file("/proc/sys/kernel/ns_last_pid", text, sizeof text) > 0 ? strtol(text, NULL, 10) : -1;
}

/* Returns true if there may be unknown processes. A stopped process does not fork. So if all known ones were stopped
 * before and the search finds no other, there is none until the machine starts a newer process. */
static bool
others_are_found(struct descendants *descendants, bool still)
{
   long last_id = read_last_id();
   if (last_id >= 0 && last_id == descendants->last_id) {
      return false;
   }
   bool found = look(descendants);
   descendants->last_id = still && !found ? last_id : -1;
   return found;
}

bool
descendants_stop(struct descendants *descendants, int64_t until_us)
{
   for (;;) {
      bool still = stop_those_that_run(descendants);
      if (!others_are_found(descendants, still) && still) {
         return true;
      }
      if (clock_now_us() > until_us) {
         return false;
      }
      clock_sleep_us(100);
   }
}

void
descendants_continue(struct descendants *descendants, pid_t group)
{
   for (size_t i = 0; i < descendants->count; i++) {
      if (getpgid(descendants->ids[i]) != group) {
         send_signal(descendants, descendants->ids[i], SIGCONT);
      }
   }
}

bool
descendants_kill(struct descendants *descendants, int64_t until_us)
{
   for (;;) {
      look(descendants);
      if (descendants->count == 0) {
         return true;
      }
      for (size_t i = 0; i < descendants->count; i++) {
         send_signal(descendants, descendants->ids[i], SIGKILL);
      }
      if (clock_now_us() > until_us) {
         return false;
      }
      clock_sleep_us(500);
   }
}

/* --- what they use ------------------------------------------------------------------------------------------------ */

int64_t
descendants_cpu_ns(struct descendants *descendants)
{
   refresh(descendants);
   int64_t sum = 0;
   for (size_t i = 0; i < descendants->count; i++) {
      clockid_t clock;
      struct timespec time;
      if (clock_getcpuclockid(descendants->ids[i], &clock) == 0 && clock_gettime(clock, &time) == 0) {
         sum += (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
      }
   }
   return sum;
}

static uint64_t
resident_bytes(pid_t id)
{
   char text[128];
   read_proc(id, "statm", text, sizeof text);
   unsigned long long size;
   unsigned long long pages;
   return sscanf(text, "%llu %llu", &size, &pages) == 2 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* A page shared by several processes counts in part for each (proc_pid_smaps(5), Pss). */
static uint64_t
proportional_bytes(pid_t id)
{
   char text[2048];
   read_proc(id, "smaps_rollup", text, sizeof text);
   const char *line = strstr(text, "\nPss:");
   unsigned long long kilobytes;
   return line != NULL && sscanf(line, "\nPss: %llu kB", &kilobytes) == 1 ? kilobytes * 1024 : resident_bytes(id);
}

static void
look_at_shares(struct descendants *descendants)
{
   int64_t begin_us = clock_now_us();
   if (begin_us < descendants->look_at_shares_us) {
      return;
   }
   descendants->shares_bytes = 0;
   for (size_t i = 0; i < descendants->count; i++) {
      descendants->shares_bytes += proportional_bytes(descendants->ids[i]);
   }
   int64_t end_us = clock_now_us();
   descendants->look_at_shares_us = end_us + SHARES_REST * (end_us - begin_us);
}

uint64_t
descendants_resident_bytes(struct descendants *descendants, uint64_t limit)
{
   refresh(descendants);
   uint64_t sum = 0;
   uint64_t largest = 0;
   for (size_t i = 0; i < descendants->count; i++) {
      uint64_t bytes = resident_bytes(descendants->ids[i]);
      sum += bytes;
      largest = bytes > largest ? bytes : largest;
   }
   if (descendants->count < 2 || sum <= limit) {
      return sum;
   }
   look_at_shares(descendants);
   /* Processes outside the function may share its pages, too. */
   return descendants->shares_bytes > largest ? descendants->shares_bytes : largest;
}

#define MEGABYTE (1024 * 1024)

void
memory_use_init(struct memory_use *use, unsigned limit_mb)
{
   *use = (struct memory_use){.limit = (uint64_t)limit_mb * MEGABYTE};
}

void
memory_use_note(struct memory_use *use, struct descendants *descendants)
{
   uint64_t bytes = descendants_resident_bytes(descendants, use->limit);
   use->most = bytes > use->most ? bytes : use->most;
}

bool
memory_use_is_over(const struct memory_use *use)
{
   return use->most > use->limit;
}

unsigned
memory_use_mb(const struct memory_use *use)
{
   return (unsigned)((double)use->most / MEGABYTE + 0.999);
}

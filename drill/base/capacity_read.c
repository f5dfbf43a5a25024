/* Reads the limits of this process, of its control group, and of the machine. */
#include "capacity.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Reads the beginning of a file. text is empty when there is no such file. */
static void
read_text(const char *path, char *text, size_t size)
{
   text[0] = '\0';
   int file = open(path, O_RDONLY | O_CLOEXEC);
   if (file < 0) {
      return;
   }
   ssize_t length = read(file, text, size - 1);
   text[length < 0 ? 0 : length] = '\0';
   close(file);
}

/* "max", or anything else that is not a number, means no limit. */
static uint64_t
read_number(const char *path)
{
   char text[64];
   char *end;
   read_text(path, text, sizeof text);
   unsigned long long number = strtoull(text, &end, 10);
   return end == text ? CAPACITY_UNKNOWN : number;
}

/* The number that follows name at the beginning of a line. */
static uint64_t
number_after(const char *text, const char *name)
{
   size_t length = strlen(name);
   for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
      line += line[0] == '\n' ? 1 : 0;
      if (strncmp(line, name, length) == 0) {
         return strtoull(line + length, NULL, 10);
      }
   }
   return CAPACITY_UNKNOWN;
}

static uint64_t
rest(uint64_t limit, uint64_t used)
{
   return limit == CAPACITY_UNKNOWN || used == CAPACITY_UNKNOWN ? CAPACITY_UNKNOWN : limit > used ? limit - used : 0;
}

/* Keeps the lower limit, and the words that name it. */
static void
lower_processes(struct capacity *capacity, uint64_t other, const char *words)
{
   if (other < capacity->processes) {
      capacity->processes = other;
      (void)snprintf(capacity->processes_limit, sizeof capacity->processes_limit, "%s", words);
   }
}

/* Finds the folder of this process's control group. Returns false when there is none with that controller. */
static bool
find_group(const char *controller, char *folder, size_t size)
{
   char text[4096];
   char *next = NULL;
   read_text("/proc/self/cgroup", text, sizeof text);
   for (char *line = strtok_r(text, "\n", &next); line != NULL; line = strtok_r(NULL, "\n", &next)) {
      char *names = strchr(line, ':');
      char *path = names == NULL ? NULL : strchr(names + 1, ':');
      if (path == NULL) {
         continue;
      }
      *path = '\0';
      bool unified = names[1] == '\0';
      if (unified || strcmp(names + 1, controller) == 0) {
         (void)snprintf(folder, size, "/sys/fs/cgroup/%s%s", names + 1, path + 1);
         char file[4300];
         (void)snprintf(file, sizeof file, "%s/%s.stat", folder, controller);
         if (!unified || access(file, F_OK) == 0) {
            return true;
         }
      }
   }
   return false;
}

/* Goes to the parent group. Returns false when there is none. */
static bool
go_up(char *folder)
{
   char *slash = strrchr(folder, '/');
   if (slash == NULL || slash <= folder + strlen("/sys/fs/cgroup")) {
      return false;
   }
   *slash = '\0';
   return true;
}

static uint64_t
read_in(const char *folder, const char *name)
{
   char path[4300];
   (void)snprintf(path, sizeof path, "%s/%s", folder, name);
   return read_number(path);
}

/* Pages of files, which the kernel reclaims when memory is needed. */
static uint64_t
group_cache(const char *folder)
{
   char path[4300];
   char text[8192];
   (void)snprintf(path, sizeof path, "%s/memory.stat", folder);
   read_text(path, text, sizeof text);
   uint64_t cache = number_after(text, "total_inactive_file ");
   cache = cache == CAPACITY_UNKNOWN ? number_after(text, "inactive_file ") : cache;
   return cache == CAPACITY_UNKNOWN ? 0 : cache;
}

static void
read_memory(struct capacity *capacity)
{
   char text[4096];
   char folder[4200];
   read_text("/proc/meminfo", text, sizeof text);
   uint64_t kibibytes = number_after(text, "MemAvailable:");
   capacity->memory_bytes = kibibytes == CAPACITY_UNKNOWN ? CAPACITY_UNKNOWN : kibibytes * 1024;
   (void)snprintf(capacity->memory_limit, sizeof capacity->memory_limit, "all that this machine has");
   for (bool found = find_group("memory", folder, sizeof folder); found; found = go_up(folder)) {
      uint64_t most = read_in(folder, "memory.max");
      uint64_t used = read_in(folder, "memory.current");
      if (used == CAPACITY_UNKNOWN) {
         most = read_in(folder, "memory.limit_in_bytes");
         used = read_in(folder, "memory.usage_in_bytes");
      }
      uint64_t left = rest(most, used);
      left = left == CAPACITY_UNKNOWN ? left : left + group_cache(folder);
      if (left < capacity->memory_bytes) {
         capacity->memory_bytes = left;
         (void)snprintf(capacity->memory_limit, sizeof capacity->memory_limit, "the control group's limit, memory.max");
      }
   }
}

/* ulimit -u does not limit root, nor a process that may raise it. */
static bool
is_held_to_ulimit(void)
{
   char text[4096];
   read_text("/proc/self/status", text, sizeof text);
   const char *line = strstr(text, "\nCapEff:");
   uint64_t capabilities = line == NULL ? 0 : strtoull(line + 8, NULL, 16);
   /* CAP_SYS_ADMIN, CAP_SYS_RESOURCE (fork(2), EAGAIN) */
   return (capabilities & ((UINT64_C(1) << 21) | (UINT64_C(1) << 24))) == 0;
}

/* Counts the threads of all processes of that user. */
static uint64_t
tasks_of_user(uid_t user)
{
   uint64_t tasks = 0;
   DIR *folder = opendir("/proc");
   for (const struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
      char path[32];
      char text[4096];
      if (!isdigit((unsigned char)entry->d_name[0]) || strlen(entry->d_name) > 10) {
         continue;
      }
      (void)snprintf(path, sizeof path, "/proc/%.10s/status", entry->d_name);
      read_text(path, text, sizeof text);
      uint64_t threads = number_after(text, "Threads:");
      if (threads != CAPACITY_UNKNOWN && number_after(text, "Uid:") == user) {
         tasks += threads;
      }
   }
   if (folder != NULL) {
      closedir(folder);
   }
   return tasks;
}

static void
read_processes(struct capacity *capacity)
{
   char words[96];
   char folder[4200];
   char text[128];
   struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
   unsigned long long running, all = 0;
   capacity->processes = CAPACITY_UNKNOWN;
   if (getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && is_held_to_ulimit()) {
      (void)snprintf(words, sizeof words, "the user's limit, ulimit -u, now %llu", (unsigned long long)limit.rlim_cur);
      lower_processes(capacity, rest(limit.rlim_cur, tasks_of_user(getuid())), words);
   }
   for (bool found = find_group("pids", folder, sizeof folder); found; found = go_up(folder)) {
      uint64_t most = read_in(folder, "pids.max");
      (void)snprintf(words, sizeof words, "the control group's limit, pids.max, now %llu", (unsigned long long)most);
      lower_processes(capacity, rest(most, read_in(folder, "pids.current")), words);
   }
   read_text("/proc/loadavg", text, sizeof text);
   if (sscanf(text, "%*f %*f %*f %llu/%llu", &running, &all) == 2) {
      lower_processes(capacity, rest(read_number("/proc/sys/kernel/pid_max"), all), "sysctl kernel.pid_max");
      lower_processes(capacity, rest(read_number("/proc/sys/kernel/threads-max"), all), "sysctl kernel.threads-max");
   }
}

static uint64_t
read_ports(void)
{
   char text[64];
   unsigned first, last;
   read_text("/proc/sys/net/ipv4/ip_local_port_range", text, sizeof text);
   return sscanf(text, "%u %u", &first, &last) == 2 && last >= first ? last - first + 1 : CAPACITY_UNKNOWN;
}

static uint64_t
free_bytes(const char *folder)
{
   struct statvfs disk;
   /* Some file systems have no size. */
   return statvfs(folder, &disk) == 0 && disk.f_blocks > 0 ? (uint64_t)disk.f_bavail * disk.f_frsize : CAPACITY_UNKNOWN;
}

void
capacity_read(struct capacity *capacity, const char *output)
{
   struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
   const char *temporary = getenv("TMPDIR");
   *capacity = (struct capacity){.descriptors = CAPACITY_UNKNOWN, .output = output, .output_bytes = CAPACITY_UNKNOWN};
   if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
      capacity->descriptors = limit.rlim_cur;
   }
   read_processes(capacity);
   read_memory(capacity);
   capacity->ports = read_ports();
   capacity->temporary = temporary != NULL && temporary[0] == '/' ? temporary : "/tmp";
   capacity->temporary_bytes = free_bytes(capacity->temporary);
   if (output != NULL) {
      capacity->output_bytes = free_bytes(output);
   }
}

void
demand_measure(struct demand *demand, pid_t process)
{
   char path[64];
   char text[4096];
   (void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)process);
   read_text(path, text, sizeof text);
   uint64_t clean = number_after(text, "Private_Clean:");
   uint64_t dirty = number_after(text, "Private_Dirty:");
   demand->memory_bytes = clean == CAPACITY_UNKNOWN || dirty == CAPACITY_UNKNOWN ? 0 : (clean + dirty) * 1024;
   (void)snprintf(path, sizeof path, "/proc/%d/status", (int)process);
   read_text(path, text, sizeof text);
   uint64_t threads = number_after(text, "Threads:");
   demand->threads = threads == CAPACITY_UNKNOWN ? 0 : (unsigned)threads;
}

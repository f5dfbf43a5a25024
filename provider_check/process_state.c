#include "process_state.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_GRACE_MS = 2000 };

static void
take_descriptors(struct descriptors *descriptors)
{
   DIR *folder = opendir("/proc/self/fd");
   descriptors->count = 0;
   if (folder == NULL) {
      return;
   }
   for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
      int number = atoi(entry->d_name);
      if (entry->d_name[0] == '.' || number == dirfd(folder) || descriptors->count == DESCRIPTORS_MAX) {
         continue;
      }
      char *target = descriptors->list[descriptors->count].target;
      size_t size = sizeof descriptors->list[0].target;
      ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, size - 1);
      target[length < 0 ? 0 : length] = '\0';
      descriptors->list[descriptors->count++].number = number;
   }
   (void)closedir(folder);
}

static unsigned
count_threads(void)
{
   DIR *folder = opendir("/proc/self/task");
   unsigned count = 0;
   if (folder != NULL) {
      for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
         count += entry->d_name[0] != '.';
      }
      (void)closedir(folder);
   }
   return count;
}

static void
take_settings(struct process_state *state)
{
   for (int number = 1; number < SIGNALS_MAX; number++) {
      (void)sigaction(number, NULL, &state->handlers[number]);
   }
   (void)sigprocmask(SIG_BLOCK, NULL, &state->mask);
   state->file_mask = umask(0);
   (void)umask(state->file_mask);
   if (getcwd(state->folder, sizeof state->folder) == NULL) {
      state->folder[0] = '\0';
   }
}

void
process_state_take(struct process_state *state)
{
   memset(state, 0, sizeof *state);
   take_settings(state);
   state->threads = count_threads();
   take_descriptors(&state->descriptors);
}

/* Returns the index of the first of some that others does not have, with the same number and target; -1: none. */
static int
first_missing(const struct descriptors *some, const struct descriptors *others, unsigned *count)
{
   int first = -1;
   *count = 0;
   for (unsigned i = 0; i < some->count; i++) {
      bool found = false;
      for (unsigned j = 0; j < others->count && !found; j++) {
         found =
            some->list[i].number == others->list[j].number && strcmp(some->list[i].target, others->list[j].target) == 0;
      }
      if (!found) {
         first = first < 0 ? (int)i : first;
         *count += 1;
      }
   }
   return first;
}

static void
compare_descriptors(const struct descriptors *before, struct record *record)
{
   struct descriptors now;
   unsigned count;
   take_descriptors(&now);
   record_judged(record, RULE_DESCRIPTORS);
   int left = first_missing(&now, before, &count);
   if (left >= 0) {
      record_violation(record,
                       RULE_DESCRIPTORS,
                       "%u descriptors of the provider are still open: %d is %s",
                       count,
                       now.list[left].number,
                       now.list[left].target);
   }
   int lost = first_missing(before, &now, &count);
   if (lost >= 0) {
      record_violation(record,
                       RULE_DESCRIPTORS,
                       "%u of the harness's descriptors were closed or replaced: %d was %s",
                       count,
                       before->list[lost].number,
                       before->list[lost].target);
   }
}

/* A thread that is detached, or was just joined, stays in /proc a moment longer. */
static unsigned
threads_left(unsigned before, bool told)
{
   unsigned now = count_threads();
   for (int waited_ms = 0; now > before && !told && waited_ms < THREADS_GRACE_MS; waited_ms += 10) {
      (void)nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
      now = count_threads();
   }
   return now > before ? now - before : 0;
}

bool
process_state_compare_resources(const struct process_state *before, struct record *record)
{
   unsigned threads = threads_left(before->threads, record_violations_of(record, RULE_THREADS) > 0);
   record_judged(record, RULE_THREADS);
   if (threads > 0) {
      record_violation(
         record, RULE_THREADS, "%u threads of the provider still run, so the check does not unload it", threads);
   }
   compare_descriptors(&before->descriptors, record);
   return threads == 0;
}

static bool
same_handler(const struct sigaction *one, const struct sigaction *other)
{
   return one->sa_flags == other->sa_flags && one->sa_sigaction == other->sa_sigaction &&
          one->sa_handler == other->sa_handler;
}

static bool
same_mask(const sigset_t *one, const sigset_t *other)
{
   for (int number = 1; number < SIGNALS_MAX; number++) {
      if (sigismember(one, number) != sigismember(other, number)) {
         return false;
      }
   }
   return true;
}

void
process_state_compare_settings(const struct process_state *before, struct record *record)
{
   static struct process_state now; /* large */
   take_settings(&now);
   record_judged(record, RULE_PROCESS);
   for (int number = 1; number < SIGNALS_MAX; number++) {
      if (!same_handler(&before->handlers[number], &now.handlers[number])) {
         record_violation(
            record, RULE_PROCESS, "the harness's handler of signal %d (%s) was replaced", number, strsignal(number));
      }
   }
   if (!same_mask(&before->mask, &now.mask)) {
      record_violation(record, RULE_PROCESS, "the harness's signal mask was changed");
   }
   if (before->file_mask != now.file_mask) {
      record_violation(record,
                       RULE_PROCESS,
                       "the umask was changed: expected %03o, found %03o",
                       (unsigned)before->file_mask,
                       (unsigned)now.file_mask);
   }
   if (strcmp(before->folder, now.folder) != 0) {
      record_violation(record,
                       RULE_PROCESS,
                       "the working directory was changed: expected %.200s, found %.200s",
                       before->folder,
                       now.folder);
   }
}

void
variables_take(struct variables *variables)
{
   variables->count = 0;
   for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
      if (variables->count < VARIABLES_MAX) {
         variables->list[variables->count++] = *variable;
      }
   }
}

static bool
has(const struct variables *variables, const char *variable)
{
   for (unsigned i = 0; i < variables->count; i++) {
      if (variables->list[i] == variable) {
         return true;
      }
   }
   return false;
}

const char *
variables_changed(const struct variables *before)
{
   static struct variables now; /* large */
   variables_take(&now);
   for (unsigned i = 0; i < now.count; i++) {
      if (!has(before, now.list[i])) {
         return now.list[i];
      }
   }
   for (unsigned i = 0; i < before->count; i++) {
      if (!has(&now, before->list[i])) {
         return before->list[i];
      }
   }
   return NULL;
}

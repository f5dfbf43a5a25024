#include "child.h"

#include "allocations.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char event[] = "{}\n";
static const char junk[] = "\xff\xfe]{\"a\":\n}\n[1,\x01\n\"\xc3\"\nnull0\n";

static bool
write_input(int descriptor, const struct scenario *scenario, const struct settings *settings)
{
   if (scenario->input == INPUT_JUNK) {
      return write(descriptor, junk, sizeof junk) == (ssize_t)sizeof junk;
   }
   /* There are at most 1,000 short events, so the pipe holds all of them. */
   for (unsigned i = 0; i < settings->events; i++) {
      if (write(descriptor, event, sizeof event - 1) != (ssize_t)(sizeof event - 1)) {
         return false;
      }
   }
   return true;
}

struct input {
   int read;  /* the child's stdin */
   int write; /* -1: the input has ended */
};

static bool
input_open(struct input *input, const struct scenario *scenario, const struct settings *settings)
{
   int ends[2];
   *input = (struct input){-1, -1};
   if (settings->input != NULL && scenario->input == INPUT_EVENTS) {
      input->read = open(settings->input, O_RDONLY | O_CLOEXEC);
      return input->read >= 0;
   }
   if (pipe(ends) != 0) {
      return false;
   }
   *input = (struct input){ends[0], ends[1]};
   if (scenario->input == INPUT_SILENT) {
      return true;
   }
   bool good = write_input(ends[1], scenario, settings);
   (void)close(input->write);
   input->write = -1;
   return good;
}

static void
input_close(struct input *input)
{
   if (input->read >= 0) {
      (void)close(input->read);
   }
   if (input->write >= 0) {
      (void)close(input->write);
   }
}

/* Gives a provider what it also finds in the harness: SIGPIPE ignored, and descriptors 0 to 2. */
static void
settle_in(struct input *input, const struct settings *settings, pid_t parent)
{
   sigset_t none;
   int answers = memfd_create("stdout", MFD_CLOEXEC);
   int silence = settings->verbose ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
   (void)setpgid(0, 0);
   (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
   if (getppid() != parent) {
      _exit(1);
   }
   (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
   (void)dup2(input->read, STDIN_FILENO);
   (void)dup2(answers, STDOUT_FILENO);
   if (silence >= 0) {
      (void)dup2(silence, STDERR_FILENO);
      (void)close(silence);
   }
   (void)close(answers);
   input_close(input);
   (void)signal(SIGPIPE, SIG_IGN);
   (void)sigemptyset(&none);
   (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void *
do_nothing(void *context)
{
   return context;
}

/* With a process's first thread, the thread sanitizer starts one of its own. Start one now, so that it is not taken for
 * the provider's. */
static void
start_first_thread(void)
{
   pthread_t thread;
   if (pthread_create(&thread, NULL, do_nothing, NULL) == 0) {
      (void)pthread_join(thread, NULL);
   }
}

static _Noreturn void
be_child(const struct scenario *scenario, unsigned number, const struct settings *settings, struct record *record)
{
   static struct session session; /* large */
   start_first_thread();
   if (session_load(&session, settings, record, number)) {
      scenario->run(&session);
      session_unload(&session);
   }
   record->callback = CALL_UNLOAD;
   record->finished = true;
   /* Run what the provider left for the end of the process, except under a sanitizer, which does work of its own there.
    */
   if (allocations_are_seen()) {
      exit(EXIT_SUCCESS);
   }
   _exit(EXIT_SUCCESS);
}

/* Whether the process ended in time; if so, sets status. */
static bool
wait_for(pid_t child, unsigned limit_ms, int *status)
{
   struct timespec now;
   struct timespec end;
   sigset_t ends;
   (void)sigemptyset(&ends);
   (void)sigaddset(&ends, SIGCHLD);
   (void)clock_gettime(CLOCK_MONOTONIC, &end);
   int64_t end_ms = (int64_t)end.tv_sec * 1000 + end.tv_nsec / 1000000 + limit_ms;
   while (waitpid(child, status, WNOHANG) != child) {
      (void)clock_gettime(CLOCK_MONOTONIC, &now);
      int64_t left_ms = end_ms - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
      if (left_ms <= 0) {
         return false;
      }
      struct timespec left = {.tv_sec = left_ms / 1000, .tv_nsec = left_ms % 1000 * 1000000};
      (void)sigtimedwait(&ends, NULL, &left);
   }
   return true;
}

static void
judge_end(struct record *record, int status)
{
   record_judged(record, RULE_RETURNS);
   if (WIFSIGNALED(status)) {
      record_violation(
         record, RULE_RETURNS, "crashed with signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
   } else if (!record->finished) {
      record_violation(record, RULE_RETURNS, "ended the process with status %d", WEXITSTATUS(status));
   }
}

static void
judge_hang(struct record *record, unsigned limit_ms)
{
   record->hangs++;
   if (record->callback == CALL_NEXT && record->stop_requested) {
      record_violation(
         record, RULE_STOP, "next did not return FAAS_END within %u ms after a stop was requested", limit_ms);
   } else {
      record_violation(record, RULE_RETURNS, "did not return within %u ms", limit_ms);
   }
}

bool
child_run(const struct scenario *scenario, unsigned number, const struct settings *settings, struct record *record)
{
   struct input input;
   int status = 0;
   record_begin_scenario(record, scenario->name);
   pid_t parent = getpid();
   pid_t child = -1;
   if (input_open(&input, scenario, settings)) {
      child = fork();
   }
   if (child == 0) {
      settle_in(&input, settings, parent);
      be_child(scenario, number, settings, record);
   }
   if (child < 0) {
      (void)snprintf(record->unusable,
                     sizeof record->unusable,
                     "cannot start a process with its stdin%s%.200s: %s",
                     settings->input == NULL ? "" : " from ",
                     settings->input == NULL ? "" : settings->input,
                     strerror(errno));
      input_close(&input);
      return false;
   }
   if (wait_for(child, settings->limit_ms, &status)) {
      judge_end(record, status);
   } else {
      (void)kill(child, SIGKILL);
      (void)waitpid(child, &status, 0);
      judge_hang(record, settings->limit_ms);
   }
   /* Also end what the provider may have started. */
   (void)kill(-child, SIGKILL);
   input_close(&input);
   return true;
}

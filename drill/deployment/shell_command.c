#include "shell_command.h"

#include "clock.h"
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often to check whether a command has ended. Commands take seconds, and other threads wait for children of their
 * own. */
#define POLL_US 5000
#define GONE_MAX_US 2000000

/* Returns the drill's environment plus variables. */
static char **
environment_with(const char *const *variables)
{
   size_t own = 0, more = 0;
   while (environ[own] != NULL) {
      own++;
   }
   while (variables != NULL && variables[more] != NULL) {
      more++;
   }
   char **all = calloc(own + more + 1, sizeof *all);
   if (all != NULL) {
      memcpy(all, environ, own * sizeof *all);
      for (size_t i = 0; i < more; i++) {
         all[own + i] = (char *)(uintptr_t)variables[i];
      }
   }
   return all;
}

/* Runs between fork and exec: only async-signal-safe calls are allowed (signal-safety(7)). */
static _Noreturn void
become(const struct shell_command_plan *plan, char **variables, int output, rlim_t mark)
{
   static const char unmarked[] = "cannot set RLIMIT_LOCKS\n";
   if (mark != 0 && descendants_join(mark) != 0) {
      _exit(write(output, unmarked, sizeof unmarked - 1) > 0 ? 127 : 126);
   }
   sigset_t none;
   sigemptyset(&none);
   sigprocmask(SIG_SETMASK, &none, NULL);
   signal(SIGPIPE, SIG_DFL); /* exec would pass on that the drill ignores it (signal(7)) */
   setpgid(0, 0);
   /* Set here, because the drill may be killed before it could set it, and after the command has started others. */
   guard_add_group(plan->guard, getpid());
   prctl(PR_SET_PDEATHSIG, SIGKILL);
   int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
   dup2(input, STDIN_FILENO);
   dup2(output, STDOUT_FILENO);
   dup2(output, STDERR_FILENO);
   execle("/bin/sh", "sh", "-c", plan->text, (char *)NULL, variables);
   _exit(127);
}

static void
forget_descendants(struct shell_command *command)
{
   if (command->descendants.mark != 0) {
      guard_remove_descendants(command->guard, command->descendants.mark);
   }
   descendants_clear(&command->descendants);
}

int
shell_command_start(struct shell_command *command, const struct shell_command_plan *plan, struct drill_error *error)
{
   int result = -1;
   char **all = environment_with(plan->variables);
   *command = (struct shell_command){.kind = plan->kind, .guard = plan->guard};
   int output = -1;
   if (all == NULL || asprintf(&command->output_path, "%s/%s", plan->folder, plan->name) < 0) {
      command->output_path = NULL;
      drill_error_set(error, "out of memory: could not start the command \"%.100s\"", plan->text);
      goto done;
   }
   output = open(command->output_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
   if (output < 0) {
      drill_error_set(error, "cannot write %s: %s", command->output_path, strerror(errno));
      goto done;
   }
   if (plan->kind == SHELL_COMMAND_SERVER) {
      int failed = descendants_init(&command->descendants);
      if (failed != 0) {
         drill_error_set(
            error, "cannot get a random number to mark the processes of \"%.100s\": %s", plan->text, strerror(failed));
         goto done;
      }
      guard_add_descendants(plan->guard, command->descendants.mark);
   }
   command->process = fork();
   if (command->process == 0) {
      become(plan, all, output, command->descendants.mark);
   }
   if (command->process < 0) {
      command->process = 0;
      drill_error_set(error, "cannot start \"%.100s\": %s", plan->text, strerror(errno));
      forget_descendants(command);
      goto done;
   }
   setpgid(command->process, command->process);
   result = 0;

done:
   descriptors_close(output);
   free(all);
   return result;
}

/* Waits for the process and returns the status from waitpid. */
static int
let_go(struct shell_command *command)
{
   int status = 0;
   while (waitpid(command->process, &status, 0) < 0 && errno == EINTR) {
   }
   guard_remove_group(command->guard, command->process);
   forget_descendants(command);
   command->process = 0;
   return status;
}

static int
end(struct shell_command *command)
{
   if (command->process == 0) {
      return 0;
   }
   /* A process group keeps its number while any member lives. */
   kill(-command->process, SIGKILL);
   if (command->kind == SHELL_COMMAND_SERVER) {
      descendants_kill(&command->descendants, clock_now_us() + GONE_MAX_US);
   }
   return let_go(command);
}

bool
shell_command_running(struct shell_command *command, int *status)
{
   if (command->process == 0) {
      return false;
   }
   siginfo_t info = {0};
   if (waitid(P_PID, (id_t)command->process, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0) {
      return true;
   }
   bool well = info.si_code == CLD_EXITED && info.si_status == 0;
   if (well && command->kind == SHELL_COMMAND_SERVER && descendants_live(&command->descendants)) {
      return true;
   }
   *status = well && command->kind == SHELL_COMMAND_TASK ? let_go(command) : end(command);
   return false;
}

int
shell_command_finish(struct shell_command *command,
                     const char *what,
                     unsigned timeout_ms,
                     struct interruption *interruption,
                     struct drill_error *error)
{
   int status = 0;
   int64_t until_us = clock_now_us() + (int64_t)timeout_ms * 1000;
   while (shell_command_running(command, &status)) {
      if (clock_now_us() >= until_us) {
         end(command);
         return drill_error_set(error, "%s is still running after %.0f s", what, timeout_ms / 1e3);
      }
      if (!interruption_wait_until(interruption, clock_now_us() + POLL_US)) {
         end(command);
         return drill_error_set(error, "%s: interrupted", what);
      }
   }
   if (status == 0) {
      return 0;
   }
   char line[256];
   shell_command_last_line(command, line, sizeof line);
   return drill_error_set(error,
                          "%s ended with %s %d%s%s",
                          what,
                          WIFSIGNALED(status) ? "signal" : "exit status",
                          WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                          line[0] == '\0' ? "" : ": ",
                          line);
}

void
shell_command_last_line(const struct shell_command *command, char *line, size_t size)
{
   line[0] = '\0';
   char tail[1024];
   int file = command->output_path == NULL ? -1 : open(command->output_path, O_RDONLY | O_CLOEXEC);
   if (file < 0) {
      return;
   }
   off_t length = lseek(file, 0, SEEK_END);
   off_t from = length > (off_t)sizeof tail - 1 ? length - (off_t)sizeof tail + 1 : 0;
   ssize_t got = pread(file, tail, sizeof tail - 1, from);
   close(file);
   while (got > 0 && (unsigned char)tail[got - 1] <= ' ') {
      got--;
   }
   if (got <= 0) {
      return;
   }
   tail[got] = '\0';
   const char *start = strrchr(tail, '\n');
   snprintf(line, size, "%s", start == NULL ? tail : start + 1);
   for (char *at = line; *at != '\0'; at++) {
      *at = (unsigned char)*at < ' ' ? ' ' : *at;
   }
}

double
shell_command_resident_mb(struct shell_command *command)
{
   if (command->process == 0 || command->kind != SHELL_COMMAND_SERVER) {
      return -1;
   }
   uint64_t bytes = descendants_resident_bytes(&command->descendants, 0);
   return bytes == 0 ? -1 : (double)bytes / 1e6;
}

void
shell_command_clear(struct shell_command *command)
{
   end(command);
   free(command->output_path);
   command->output_path = NULL;
}

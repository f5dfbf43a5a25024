#include "function_root.h"

#include "guard.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

/* Users that exist only while a service runs, and own no files (systemd, "Users, Groups, UIDs and GIDs"). */
#define USER_FIRST 61184
#define USER_COUNT 4336
/* sbx_user1051 on Lambda. */
#define USER_INSIDE 993
#define GROUP_INSIDE 990

static void
choose_user(struct function_root *root)
{
   unsigned number = 0;
   root->user = USER_INSIDE;
   root->group = GROUP_INSIDE;
   /* A separate user on the machine, too, so that environments see nothing of each other. */
   if (root->launch.isolation == ISOLATION_FULL && getrandom(&number, sizeof number, 0) == (ssize_t)sizeof number) {
      root->user = root->group = USER_FIRST + number % USER_COUNT;
   }
}

int
function_root_init(struct function_root *root,
                   const struct function_config *config,
                   const char *shared,
                   struct drill_error *error)
{
   const char *runtime = config->runtime == NULL ? NULL : config->runtime->folder;
   *root = (struct function_root){.guard = config->guard, .mounts = -1};
   if (launch_init(&root->launch, config->task_root, runtime, config->command, error) != 0) {
      return -1;
   }
   root->log = function_log_new(config->log, error);
   if (root->log == NULL) {
      return -1;
   }
   if (root->launch.isolation == ISOLATION_NONE) {
      return 0;
   }
   choose_user(root);
   if (root->launch.isolation == ISOLATION_OWN_USER) {
      root->temporary = temporary_folder_new("faas-tmp", "the function's /tmp", root->guard, error);
      if (root->temporary == NULL) {
         return -1;
      }
   }
   const struct root_wish wish = {.task = config->task_root,
                                  .mounts = config->mounts,
                                  .resolver = config->resolver,
                                  .runtime = runtime,
                                  .runtime_mounts =
                                     config->runtime == NULL ? NULL : config->runtime->interpreter.mounts,
                                  .temporary = root->temporary,
                                  .shared = shared,
                                  .user = root->user,
                                  .group = root->group,
                                  .hide_processes = root->launch.isolation == ISOLATION_FULL};
   return root_plan_init(&root->plan, &wish, error);
}

/* Keeps the mounts of a process that was started with this root, so that the next process finds the same /tmp: Lambda
 * does not clear it when it restarts a function's process (AWS, "Lambda execution environment", Failures during the
 * invoke phase). */
static void
keep_mounts(struct function_root *root, pid_t process)
{
   char path[40];
   if (root->launch.isolation == ISOLATION_FULL && root->mounts < 0) {
      (void)snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)process);
      root->mounts = open(path, O_RDONLY | O_CLOEXEC);
   }
}

int
function_root_start(struct function_root *root,
                    struct process *process,
                    const struct variable_list *variables,
                    int input,
                    int answers,
                    struct drill_error *error)
{
   const struct process_plan plan = {
      .arguments = root->launch.arguments,
      .variables = variables->words,
      .folder = root->launch.folder,
      .isolation = root->launch.isolation,
      .root = &root->plan,
      .mounts = root->mounts,
      .user = root->user,
      .group = root->group,
      .input = input,
      .answers = answers,
      .output = function_log_writer(root->log),
      .guard = root->guard,
   };
   int failed = process_start(process, &plan, error);
   if (failed > 0) {
      launch_explain(&root->launch, error);
   } else if (failed == 0) {
      keep_mounts(root, process->id);
   }
   return failed;
}

void
function_root_clear(struct function_root *root)
{
   launch_clear(&root->launch);
   function_log_destroy(root->log);
   root->log = NULL;
   root_plan_clear(&root->plan);
   temporary_folder_remove(root->temporary, root->guard);
   root->temporary = NULL;
   if (root->mounts >= 0) {
      close(root->mounts);
      root->mounts = -1;
   }
}

#include "function_process.h"

int
function_process_start(struct process *process, const struct function_parts *parts, struct drill_error *error)
{
   const struct process_plan plan = {
      .arguments = parts->launch->arguments,
      .variables = parts->variables->words,
      .folder = parts->launch->folder,
      .isolation = parts->launch->isolation,
      .root = &parts->root->plan,
      .mounts = parts->root->mounts,
      .user = parts->root->user,
      .group = parts->root->group,
      .input = parts->input,
      .answers = parts->answers,
      .output = function_log_writer(parts->log),
      .guard = parts->guard,
   };
   int failed = process_start(process, &plan, error);
   if (failed > 0) {
      launch_explain(parts->launch, error);
   }
   if (failed == 0) {
      function_root_keep(parts->root, process->id);
   }
   return failed;
}

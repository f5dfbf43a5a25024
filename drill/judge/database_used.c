/* Without a command a drill has tested nothing, and is never green. */
#include "judge.h"

static size_t
count_invocations(const struct judge_case *seen)
{
   size_t count = seen->invocation_count;
   for (size_t i = 0; i < seen->invocation_count; i++) {
      count += seen->invocations[i].more;
   }
   return count;
}

void
rule_database_used(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_counts *counts = &seen->facts->counts;
   size_t invocations = count_invocations(seen);
   if (counts->connections == 0) {
      finding_fail(finding,
                   "the function never connected to the database in %zu invocation%s: nothing was tested",
                   invocations,
                   plural(invocations));
   } else if (counts->commands == 0) {
      finding_fail(finding,
                   "the function connected and never sent a command in %zu invocation%s: nothing was tested",
                   invocations,
                   plural(invocations));
   } else {
      finding_pass(finding,
                   "%lu command%s over %lu connection%s in %zu invocation%s",
                   counts->commands,
                   plural(counts->commands),
                   counts->connections,
                   plural(counts->connections),
                   invocations,
                   plural(invocations));
   }
}

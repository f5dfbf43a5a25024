/* Without a command nothing was tested: such a drill is never green. */
#include "rules.h"

void
rule_database_used(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_counts *counts = &seen->facts->counts;
   if (counts->connections == 0) {
      finding_set(finding,
                  JUDGE_FAIL,
                  "the function never connected to the database in %zu invocation%s: nothing was tested",
                  seen->invocation_count,
                  plural(seen->invocation_count));
   } else if (counts->commands == 0) {
      finding_set(finding,
                  JUDGE_FAIL,
                  "the function connected and never sent a command in %zu invocation%s: nothing was tested",
                  seen->invocation_count,
                  plural(seen->invocation_count));
   } else {
      finding_set(finding,
                  JUDGE_PASS,
                  "%lu command%s over %lu connection%s in %zu invocation%s",
                  counts->commands,
                  plural(counts->commands),
                  counts->connections,
                  plural(counts->connections),
                  seen->invocation_count,
                  plural(seen->invocation_count));
   }
}

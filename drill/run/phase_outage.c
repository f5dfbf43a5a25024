/* As MongoDB's run-deployed-lambda-aws-tests.sh has it: the primary is lost while the function is suspended. */
#include "phase.h"
#include "phase_kinds.h"

static int
outage_once(struct drill *drill, size_t phase, struct drill_error *error)
{
   size_t number;
   /* There has to be a client that knows the primary which is going to be lost. */
   if (drill->function == NULL && phase_invoke(drill, phase, "before the outage", &number, error) != 0) {
      return -1;
   }
   live_doing(drill->live, "losing the primary", 0);
   /* The election is over by the thaw, however short the freeze is: it is the lost connections that count here. */
   if (deployment_lose_primary(drill->deployment, error) != 0 ||
       drill_freeze(drill, drill->options->freeze_ms, "suspended, without the old primary", error) != 0 ||
       deployment_await_primary(drill->deployment, error) != 0 ||
       phase_invoke(drill, phase, "outage", &number, error) != 0) {
      return -1;
   }
   struct drill_phase *record = drill_phase(drill, phase);
   double recover_ms = drill_invocation(drill, number)->thaw_to_answer_ms;
   record->recover_ms = recover_ms > record->recover_ms ? recover_ms : record->recover_ms;
   return deployment_recover(drill->deployment, error);
}

int
phase_outage(struct drill *drill, size_t phase, unsigned times, struct drill_error *error)
{
   if (!deployment_can_fail_over(drill->deployment)) {
      phase_skip(
         drill, phase, "expected --outage-command, which makes --uri's deployment lose its primary; found none");
      return 0;
   }
   for (unsigned i = 0; i < times; i++) {
      if (outage_once(drill, phase, error) != 0) {
         return -1;
      }
   }
   return 0;
}

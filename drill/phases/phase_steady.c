/* Phases cold, warm and frozen: the database works without faults. */
#include "phase.h"
#include "phase_kinds.h"

/* A client should live as long as the process: without a fault there is no reason for another connection. */
static void
judge_reuse(struct drill *drill, uint16_t before)
{
   /* A pool may have several connections. */
   if (before != 0 && drill->last_port != 0 && drill->last_port != before && !witness_is_open(drill->witness, before)) {
      phase_fail(drill,
                 "a new client for each invocation: its command came over port %u, the previous invocation's over %u. "
                 "Create the client once, outside the handler",
                 drill->last_port,
                 before);
   }
}

static int
invoke_once(struct drill *drill, const struct phase_kind *kind, struct drill_error *error)
{
   if (kind == &phase_cold) {
      drill_end_function(drill);
   } else if (kind == &phase_frozen && drill->function != NULL &&
              drill_freeze(drill, drill->options->freeze_ms, "suspended", error) != 0) {
      return -1;
   }
   uint16_t before = drill->function == NULL ? 0 : drill->last_port;
   const struct drill_invocation *one = phase_invoke(drill, kind->name, error);
   if (one == NULL) {
      return -1;
   }
   if (kind == &phase_warm && !one->cold) {
      judge_reuse(drill, before);
   } else if (kind == &phase_frozen) {
      phase_recovered(drill, one->thaw_to_answer_ms);
   }
   return 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   for (unsigned i = 0; i < step->times; i++) {
      if (invoke_once(drill, step->kind, error) != 0) {
         return -1;
      }
   }
   return 0;
}

const struct phase_kind phase_cold = {
   .name = "cold",
   .title = "First invocation of a fresh process",
   .help = "the first invocation of a fresh process",
   .by_default = true,
   .run = run,
};

const struct phase_kind phase_warm = {
   .name = "warm",
   .title = "The next invocation",
   .help = "the next one",
   .by_default = true,
   .run = run,
};

const struct phase_kind phase_frozen = {
   .name = "frozen",
   .title = "Invocation after the process was suspended",
   .help = "after the process was suspended",
   .by_default = true,
   .needs_freeze = true,
   .run = run,
};

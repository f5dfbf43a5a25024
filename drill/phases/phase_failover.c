/* The primary steps down while the function works, the case for which retryable writes exist. */
#include "clock.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define ELECTION_MS 1500
/* Pause between invocations of a user's own deployment, whose outage may take minutes. */
#define PAUSE_US 100000
#define TRY_LONGER "serverSelectionTryOnce=false"

/* The primary steps down when any command of the drill's own function reaches it. */
static struct drill_invocation *
step_down_during(struct drill *drill, const char *name, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   struct front_failover how = {.election_ms = ELECTION_MS};
   int before = front_primary(front);
   if (front_failover_on(front, NULL, &how, error) != 0) {
      return NULL;
   }
   struct drill_invocation *one = phase_invoke(drill, name, error);
   front_clear_faults(front);
   if (one == NULL || deployment_await_primary(drill->deployment, error) != 0) {
      return NULL;
   }
   if (front_primary(front) == before) {
      phase_skip(drill,
                 "nothing was tested: the primary steps down when a command arrives, and the function sent none");
   }
   return one;
}

/* By the Server Selection specification, single-threaded clients fail if their first attempt finds no primary, unless
 * the URI has serverSelectionTryOnce=false. So the failure is expected, and the phase shows what helps. */
static const struct drill_invocation *
try_what_saves(struct drill *drill, struct drill_invocation *failed, struct drill_error *error)
{
   struct drill_phase *record = drill_phase(drill);
   record->verdict = DRILL_PASS;
   record->reason[0] = '\0';
   failed->excused = true;
   if (drill_new_function(drill, TRY_LONGER, FUNCTION_SETTLE_MS, error) != 0 ||
       phase_invoke(drill, "cold, " TRY_LONGER, error) == NULL) {
      return NULL;
   }
   const struct drill_invocation *one = step_down_during(drill, TRY_LONGER, error);
   drill_end_function(drill);
   write_text(
      TEXT_OUT(record->advice),
      "The insert fails while there is no primary, because a single-threaded client tries server selection only "
      "once. Add " TRY_LONGER " to the URI.");
   return one;
}

static int
failover_emulated(struct drill *drill, struct drill_error *error)
{
   struct drill_invocation *first = step_down_during(drill, "failover", error);
   const struct drill_invocation *one = first;
   if (first != NULL && strcmp(first->error_type, "Scenario.InsertFailed") == 0 &&
       strcmp(drill->results->client, "single") == 0) {
      one = try_what_saves(drill, first, error);
   }
   if (one != NULL && drill_phase(drill)->verdict != DRILL_SKIPPED) {
      phase_recovered(drill, one->duration_ms);
   }
   return one == NULL ? -1 : 0;
}

struct outage {
   struct deployment *deployment;
   struct drill_error error;
   int result;
   atomic_bool over;
};

static void *
lose_primary(void *argument)
{
   struct outage *outage = argument;
   outage->result = deployment_lose_primary(outage->deployment, &outage->error);
   atomic_store(&outage->over, true);
   return NULL;
}

/* Invokes until the command has ended, and once more. */
static int
invoke_meanwhile(struct drill *drill, atomic_bool *over, struct drill_error *error)
{
   for (;;) {
      bool last = atomic_load(over);
      const struct drill_invocation *one = phase_invoke(drill, "failover", error);
      if (one == NULL) {
         return -1;
      }
      phase_recovered(drill, one->duration_ms);
      if (last) {
         return 0;
      }
      if (!interruption_wait_until(drill->interruption, clock_now_us() + PAUSE_US)) {
         drill_error_set(error, "interrupted");
         return -1;
      }
   }
}

/* Nobody knows exactly when the user's command takes the primary away, so invocations follow each other meanwhile. */
static int
failover_own(struct drill *drill, struct drill_error *error)
{
   struct outage outage = {.deployment = drill->deployment};
   pthread_t thread;
   if (pthread_create(&thread, NULL, lose_primary, &outage) != 0) {
      drill_error_set(error, "cannot start a thread for the outage command");
      return -1;
   }
   int result = invoke_meanwhile(drill, &outage.over, error);
   pthread_join(thread, NULL);
   if (result == 0 && outage.result != 0) {
      *error = outage.error;
      result = -1;
   }
   return result;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   if (!deployment_can_fail_over(drill->deployment)) {
      phase_skip(drill, "needs --outage-command, which makes the deployment of --uri lose its primary");
      return 0;
   }
   bool emulated = deployment_front(drill->deployment) != NULL;
   for (unsigned i = 0; i < step->times; i++) {
      if ((emulated ? failover_emulated : failover_own)(drill, error) != 0) {
         return -1;
      }
   }
   return 0;
}

const struct phase_kind phase_failover = {
   .name = "failover",
   .title = "Primary steps down during the invocation",
   .running_title = "Primary steps down during the invocations",
   .help = "the primary steps down when a command arrives",
   .by_default = true,
   .run = run,
};

/* Many cold starts at once, as when Lambda answers a burst of events. Each process makes its own client. */
#include "clock.h"
#include "crowd.h"
#include "phase.h"
#include "phase_kinds.h"

static void
sample(struct crowd *crowd)
{
   struct drill *drill = crowd->members[0].drill;
   struct front *front = deployment_front(drill->deployment);
   struct front_counters counters = {0};
   if (front != NULL) {
      front_counters(front, &counters);
   }
   unsigned ended = 0;
   pthread_mutex_lock(&drill->lock);
   size_t phase = drill->results->phase_count - 1;
   for (size_t i = 0; i < drill->results->invocation_count; i++) {
      ended += drill->results->invocations[i].phase == phase ? 1 : 0;
   }
   struct drill_sample *taken = results_add_sample(drill->results);
   if (taken != NULL) {
      taken->at_ms = drill_ms(drill, clock_now_us());
      taken->connections = counters.connections_open;
      taken->server_mb = deployment_server_mb(drill->deployment);
      taken->running = (unsigned)crowd->count - ended;
   }
   pthread_mutex_unlock(&drill->lock);
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   (void)step;
   /* Only the burst's own cost must show. */
   drill_end_function(drill);
   struct crowd crowd;
   if (crowd_init(&crowd, drill, drill->options->instances, &(struct member_plan){.name = "cold"}, 1, error) != 0) {
      return -1;
   }
   sample(&crowd);
   int result = crowd_invoke(&crowd, sample, error);
   if (result == 0) {
      sample(&crowd);
   }
   unsigned failed = 0;
   const struct drill_invocation *example = NULL;
   for (size_t i = 0; i < crowd.count && result == 0; i++) {
      const struct drill_invocation *invocation = crowd_invocation(&crowd, i);
      if (invocation->verdict == DRILL_FAIL) {
         failed++;
         example = invocation;
      }
   }
   if (example != NULL) {
      phase_fail(drill, "%u of %zu cold starts failed, the last: %s", failed, crowd.count, example->reason);
   }
   crowd_clear(&crowd);
   return result;
}

const struct phase_kind phase_burst = {
   .name = "burst",
   .title = "Cold starts at once",
   .run = run,
};

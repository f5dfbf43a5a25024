#include "storm.h"

#include "append.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>

static bool
overlaps(const struct drill_invocation *one, double from_ms, double to_ms)
{
   double init_ms = one->init_ms > 0 ? one->init_ms : 0;
   return one->at_ms - init_ms < to_ms && one->at_ms + one->duration_ms > from_ms;
}

/* Attempts refused in each second, for each environment that was open then. All environments are alike. */
static void
look_at_rates(struct drill *drill, const struct crowd *crowd, double start_ms, struct storm *storm)
{
   front_limited(deployment_front(drill->deployment), &storm->limited);
   for (unsigned second = 0; second < FRONT_LIMITED_SECONDS; second++) {
      unsigned open = 0;
      for (size_t i = 0; i < crowd->count; i++) {
         double from_ms = start_ms + second * 1e3;
         open += overlaps(crowd_invocation(crowd, i), from_ms, from_ms + 1e3) ? 1 : 0;
      }
      storm->rate[second] = open == 0 ? -1 : (double)storm->limited.refused_in_second[second] / open;
   }
}

static int
compare(const void *one, const void *other)
{
   double a = *(const double *)one, b = *(const double *)other;
   return (a > b) - (a < b);
}

/* took_ms has room for one number per environment. */
static void
look_at_invocations(const struct crowd *crowd, double start_ms, double *took_ms, struct storm *storm)
{
   storm->environments = (unsigned)crowd->count;
   for (size_t i = 0; i < crowd->count; i++) {
      const struct drill_invocation *one = crowd_invocation(crowd, i);
      if (one->verdict == DRILL_PASS) {
         took_ms[storm->got_in++] = one->at_ms + one->duration_ms - start_ms;
      } else {
         write_text(TEXT_OUT(storm->example), "%s", one->reason);
      }
   }
   if (storm->got_in > 0) {
      qsort(took_ms, storm->got_in, sizeof *took_ms, compare);
      storm->median_ms = took_ms[(storm->got_in - 1) / 2];
      storm->slowest_ms = took_ms[storm->got_in - 1];
   }
}

static int
expect_capacity(const struct demand *given, size_t count, struct drill_error *error)
{
   struct demand demand = given == NULL ? (struct demand){.functions = 0} : *given;
   demand.functions = count;
   return capacity_expect(&demand, NULL, error);
}

static int
invoke(struct drill *drill, struct crowd *crowd, unsigned idle_ms, double *start_ms, struct drill_error *error)
{
   *start_ms = drill_ms(drill, clock_now_us());
   if (crowd_invoke(crowd, NULL, error) != 0) {
      return -1;
   }
   if (idle_ms == 0) {
      return 0;
   }
   int result = drill_freeze(drill, idle_ms, "idle", error);
   *start_ms = drill_ms(drill, clock_now_us());
   return result == 0 ? crowd_invoke(crowd, NULL, error) : -1;
}

int
storm_hold(struct drill *drill, const struct storm_wish *wish, struct storm *storm, struct drill_error *error)
{
   size_t count = crowd_largest(drill->options);
   double *took_ms = calloc(count, sizeof *took_ms);
   struct crowd crowd;
   double start_ms;
   int result = -1;
   *storm = (struct storm){0};
   if (took_ms == NULL) {
      drill_error_set(error, "out of memory: could not start %zu functions", count);
      goto done;
   }
   if (expect_capacity(wish->demand, count, error) != 0 ||
       crowd_init(&crowd, drill, count, &wish->plan, 1, error) != 0) {
      goto done;
   }
   wish->begin(drill);
   result = invoke(drill, &crowd, wish->idle_ms, &start_ms, error);
   if (result == 0) {
      look_at_invocations(&crowd, start_ms, took_ms, storm);
      look_at_rates(drill, &crowd, start_ms, storm);
   }
   wish->end(drill);
   crowd_clear(&crowd);
done:
   free(took_ms);
   return result;
}

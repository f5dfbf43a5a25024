#include "phases.h"

#include "clock.h"
#include "expectations.h"
#include "phase.h"
#include "phase_kinds.h"

#include <string.h>

#define BURST "burst"

static const char *const titles[PHASE_KINDS] = {
   "First invocation of a fresh process",
   "The next invocation",
   "Invocation after the process was suspended",
   "Primary lost while the process was suspended",
   "Primary steps down during the invocation",
   "Idle connections dropped while the process was suspended",
   "Restored from a snapshot that was taken after init",
};

/* Of a platform that lets an idle process run. */
static const char *const running_titles[PHASE_KINDS] = {
   "First invocation of a fresh process",
   "The next invocation",
   "Invocation after the process was suspended",
   "Primary lost between the invocations",
   "Primary steps down during the invocations",
   "Idle connections dropped between the invocations",
};

static const char *
title_of(const struct drill *drill, const struct step *step)
{
   if (step == NULL) {
      return "Cold starts at once";
   }
   if (step->kind == PHASE_WARM && drill->options->concurrency > 1) {
      return "The next invocations, at once";
   }
   return (drill_runs_on(drill) ? running_titles : titles)[step->kind];
}

const char *
phases_name(size_t index)
{
   return index < PHASE_KINDS ? phase_kind_name((enum phase_kind)index) : index == PHASE_KINDS ? BURST : NULL;
}

bool
phases_have(const char *name, size_t length)
{
   for (size_t i = 0; phases_name(i) != NULL; i++) {
      if (strlen(phases_name(i)) == length && memcmp(phases_name(i), name, length) == 0) {
         return true;
      }
   }
   return false;
}

static int
run_kind(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   if (step->kind == PHASE_FROZEN && drill_runs_on(drill)) {
      phase_skip(drill, phase, drill->options->platform->idle_words);
      return 0;
   }
   switch (step->kind) {
   case PHASE_COLD:
   case PHASE_WARM:
   case PHASE_FROZEN:
      return phase_steady(drill, phase, step, error);
   case PHASE_OUTAGE:
      return phase_outage(drill, phase, step->times, error);
   case PHASE_FAILOVER:
      return phase_failover(drill, phase, step->times, error);
   case PHASE_DROPPED:
      return phase_dropped(drill, phase, error);
   case PHASE_RESTORE:
      return phase_restore(drill, phase, error);
   }
   return 0;
}

/* A server that is gone is the reason of all that failed; what was said of the function before does not hold. */
static int
check_server(struct drill *drill, size_t phase, struct drill_error *error)
{
   char when[64];
   struct drill_phase *record = drill_phase(drill, phase);
   snprintf(when, sizeof when, "in phase %s", record->name);
   if (deployment_check_server(drill->deployment, when, error) == 0) {
      return 0;
   }
   record->verdict = DRILL_PASS;
   phase_fail(drill, phase, "%s", error->message);
   return -1;
}

/* step NULL: the burst. */
static int
run_phase(struct drill *drill, const struct step *step, unsigned round, struct drill_error *error)
{
   struct drill_phase *record = results_add_phase(drill->results);
   if (record == NULL) {
      drill_error_set(error, "expected memory for the results, found none");
      return -1;
   }
   size_t phase = drill->results->phase_count - 1;
   const char *name = step == NULL ? BURST : phase_kind_name(step->kind);
   snprintf(record->name, sizeof record->name, "%s", name);
   snprintf(record->title, sizeof record->title, "%s", title_of(drill, step));
   record->round = round;
   int64_t start_us = clock_now_us();
   record->start_ms = drill_ms(drill, start_us);
   live_phase_begin(drill->live, name, record->title);
   live_doing(drill->live, "invoked", 0);
   size_t shown = timeline_begin(drill->timeline, TIMELINE_PHASE, -1, name, "%s", record->title);
   int result = step == NULL ? phase_burst(drill, phase, error) : run_kind(drill, phase, step, error);
   if (check_server(drill, phase, error) != 0) {
      result = -1;
   } else if (result != 0) {
      phase_fail(drill, phase, "%s", error->message);
   }
   record = drill_phase(drill, phase);
   record->end_ms = drill_ms(drill, clock_now_us());
   timeline_end(drill->timeline, shown, record->verdict == DRILL_FAIL, NULL);
   if (result == 0) {
      expectations_settle_phase(drill->results, phase);
   }
   live_phase_end(drill->live, record);
   return result;
}

int
phases_run(struct drill *drill, struct drill_error *error)
{
   const struct options *options = drill->options;
   for (unsigned round = 1; round <= options->repeat; round++) {
      for (size_t i = 0; i < options->step_count; i++) {
         if (run_phase(drill, &options->steps[i], round, error) != 0) {
            return -1;
         }
      }
   }
   return options->instances == 0 ? 0 : run_phase(drill, NULL, options->repeat, error);
}

#include "steps.h"

#include "clock.h"
#include "error.h"
#include "expectations.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>

static const char *
title_of(const struct drill *drill, const struct phase_kind *kind)
{
   if (kind == &phase_warm && drill->options->concurrency > 1) {
      return "The next invocations, at once";
   }
   return drill_runs_on(drill) && kind->running_title != NULL ? kind->running_title : kind->title;
}

static int
run_kind(struct drill *drill, const struct phase_kind *kind, const struct step *step, struct drill_error *error)
{
   if (kind->needs_freeze && drill_runs_on(drill)) {
      phase_skip(drill, drill->options->platform->idle_words);
      return 0;
   }
   if (kind->needs_front != NULL && deployment_front(drill->deployment) == NULL) {
      phase_skip(drill, kind->needs_front);
      return 0;
   }
   return kind->run(drill, step, error);
}

/* If the server is gone, that is the reason for every failure, and earlier verdicts on the function are void. */
static int
check_server(struct drill *drill, struct drill_error *error)
{
   char when[64];
   struct drill_phase *record = drill_phase(drill);
   snprintf(when, sizeof when, "in phase %s", record->name);
   if (deployment_check_server(drill->deployment, when, error) == 0) {
      return 0;
   }
   record->verdict = DRILL_PASS;
   phase_fail(drill, "%s", error->message);
   return -1;
}

/* What the front could not accept or forward is not the function's fault. */
static int
check_shortage(struct drill *drill, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   struct front_counters counters = {0};
   if (front != NULL) {
      front_counters(front, &counters);
   }
   if (counters.shortage == 0) {
      return 0;
   }
   shortage_tell(error, "accept a connection for the emulated replica set", counters.shortage);
   drill_phase(drill)->verdict = DRILL_PASS;
   phase_fail(drill, "%s", error->message);
   return -1;
}

/* step is NULL for the burst. */
static int
run_phase(struct drill *drill, const struct step *step, unsigned round, struct drill_error *error)
{
   struct drill_phase *record = results_add_phase(drill->results);
   if (record == NULL) {
      return drill_error_set(error, "out of memory: could not store the results of a phase");
   }
   const struct phase_kind *kind = step == NULL ? &phase_burst : step->kind;
   const char *name = kind->name;
   snprintf(record->name, sizeof record->name, "%s", name);
   snprintf(record->title, sizeof record->title, "%s", title_of(drill, kind));
   record->round = round;
   int64_t start_us = clock_now_us();
   record->start_ms = drill_ms(drill, start_us);
   live_phase_begin(drill->live, name, record->title);
   live_doing(drill->live, "invoked", 0);
   size_t shown = timeline_begin(drill->timeline, TIMELINE_PHASE, -1, name, "%s", record->title);
   int result = run_kind(drill, kind, step, error);
   if (check_server(drill, error) != 0 || (result == 0 && check_shortage(drill, error) != 0)) {
      result = -1;
   } else if (result != 0) {
      phase_fail(drill, "%s", error->message);
   }
   record = drill_phase(drill);
   record->end_ms = drill_ms(drill, clock_now_us());
   timeline_end(drill->timeline, shown, record->verdict == DRILL_FAIL, NULL);
   if (result == 0) {
      expectations_settle_phase(drill->results, drill->results->phase_count - 1);
   }
   live_phase_end(drill->live, record);
   return result;
}

static bool
has_burst(const struct options *options)
{
   bool taken = options->instances == 0;
   for (size_t i = 0; i < options->step_count; i++) {
      taken = taken || options->steps[i].kind->takes_instances;
   }
   return !taken;
}

int
steps_run(struct drill *drill, struct drill_error *error)
{
   const struct options *options = drill->options;
   for (unsigned round = 1; round <= options->repeat; round++) {
      for (size_t i = 0; i < options->step_count; i++) {
         if (run_phase(drill, &options->steps[i], round, error) != 0) {
            return -1;
         }
      }
   }
   return has_burst(options) ? run_phase(drill, NULL, options->repeat, error) : 0;
}

/*
 * Starts many environments at once against members that admit a fixed number of commands per second and shed the rest,
 * as mongod 8.2 does with its ingress request rate limiter.
 */
#include "clock.h"
#include "overload_verdict.h"
#include "phase.h"
#include "phase_kinds.h"

static void
begin(struct drill *drill)
{
   const struct options *options = drill->options;
   front_shed_commands(deployment_front(drill->deployment), options->overload_rate, options->base_backoff_ms);
}

static void
end(struct drill *drill)
{
   front_shed_commands(deployment_front(drill->deployment), 0, 0);
}

static void
tell(struct drill *drill, const struct storm *storm, const struct backoff *backoff)
{
   const struct overload_facts facts = {.per_second = drill->options->overload_rate,
                                        .retries =
                                           overload_retries(drill->options->database.uri_options, backoff->version),
                                        .storm = storm,
                                        .backoff = backoff};
   struct drill_phase *record = drill_phase(drill);
   char failure[sizeof record->reason];
   overload_describe(TEXT_OUT(record->driver_did), &facts);
   overload_advise(TEXT_OUT(record->advice), &facts);
   if (overload_fails(TEXT_OUT(failure), &facts)) {
      record->advice[0] = '\0';
      phase_fail(drill, "%s", failure);
   }
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   (void)step;
   drill_end_function(drill);
   const struct storm_wish wish = {.plan = {.name = "overload"}, .begin = begin, .end = end};
   struct storm storm;
   int64_t since_us = clock_now_us();
   if (storm_hold(drill, &wish, &storm, error) != 0) {
      return -1;
   }
   struct witness_facts facts;
   struct backoff backoff = {.wait_count = 0};
   bool copied = phase_facts(drill, &facts, error);
   if (copied && backoff_init(&backoff, &facts, since_us, storm.environments)) {
      tell(drill, &storm, &backoff);
   } else if (copied) {
      drill_error_set(error, "out of memory: could not read which commands the server shed");
      copied = false;
   }
   backoff_clear(&backoff);
   witness_facts_clear(&facts);
   return copied ? 0 : -1;
}

const struct phase_kind phase_overload = {
   .name = "overload",
   .title = "Many environments start at once against an overloaded server",
   .help = "by name only: --instances environments (default: 20) start at\n"
           "once against a server that admits --overload-rate commands a\n"
           "second and sheds the others with SystemOverloadedError: whether\n"
           "the driver backs off, at random. No burst follows it",
   .takes_instances = true,
   .needs_front = "needs the emulated replica set (--server), which can shed commands",
   .run = run,
};

/* The platform ends an invocation in the middle of a command: before the server had the command, and after the server
 * applied it but before the function got the reply. Shows what the database then contains, and what the next cold start
 * finds. */
#include "clock.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>
#include <string.h>

/* Enough time for a cold start on a busy machine. */
#define LIMIT_MS 3000
#define HELD_MS 3600000

struct way {
   enum front_fault_kind kind;
   const char *name;
   const char *words;
};

static const struct way ways[] = {
   {FRONT_FAULT_DELAY, "timeout, before it was applied", "not applied"},
   {FRONT_FAULT_HOLD_REPLY, "timeout, applied and not answered", "applied"},
};

#define WAYS (sizeof ways / sizeof ways[0])

/* Makes one invocation that meets the fault, with a function of its own. */
static const struct drill_invocation *
meet(struct drill *drill, const struct way *way, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   const struct front_fault fault = {.kind = way->kind, .times = 1, .delay_ms = HELD_MS};
   unsigned limit_ms = drill->options->timeout_ms < LIMIT_MS ? drill->options->timeout_ms : LIMIT_MS;
   if (front_add_fault(front, &fault, error) != 0) {
      return NULL;
   }
   const struct function_wish wish = {.timeout_ms = limit_ms};
   const struct drill_invocation *one = phase_invoke_as(drill, &wish, way->name, error);
   front_clear_faults(front);
   return one;
}

static int
run_way(struct drill *drill, const struct way *way, struct text_out did, struct drill_error *error)
{
   int64_t since_us = clock_now_us();
   const struct drill_invocation *one = meet(drill, way, error);
   if (one == NULL) {
      return -1;
   }
   unsigned applied = phase_written_since(drill, since_us).documents;
   append_text(did,
               "%s%s: %s after %.1f s, %u document%s inserted",
               did.text[0] == '\0' ? "" : "; ",
               way->words,
               one->outcome,
               one->duration_ms / 1e3,
               applied,
               applied == 1 ? "" : "s");
   if (one->verdict == DRILL_PASS) {
      phase_skip(drill, "the function answered although its command got no reply: it sent no command, or another one");
   }
   one = phase_invoke(drill, "timeout, the next cold start", error);
   drill_end_function(drill);
   return one == NULL ? -1 : 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   /* The drill's own function must not meet the fault. */
   drill_end_function(drill);
   char did[256] = "";
   for (size_t i = 0; i < WAYS * step->times; i++) {
      if (run_way(drill, &ways[i % WAYS], TEXT_OUT(did), error) != 0) {
         return -1;
      }
   }
   struct drill_phase *record = drill_phase(drill);
   memcpy(record->driver_did, did, sizeof record->driver_did);
   write_text(TEXT_OUT(record->advice),
              "The caller cannot find out whether a command that was running at the time limit was applied. Derive "
              "each document's _id from the event, so that a repeated event fails with a duplicate key instead of "
              "inserting a second document, and end commands before the limit (timeoutMS, socketTimeoutMS).");
   return 0;
}

const struct phase_kind phase_timeout = {
   .name = "timeout",
   .title = "Killed at its time limit in the middle of a command",
   .help = "by name only: a time limit of 3 s kills the function in the middle of a\n"
           "command, before and after the server applied it; then a cold start",
   .needs_front = "needs the emulated replica set (--server), which can hold a command back",
   .run = run,
};

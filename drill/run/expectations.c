#include "expectations.h"

#include <stdio.h>
#include <string.h>

/* Checks one part of a line's needs, such as "outage,failover". */
static bool
has_run(const struct drill_results *results, const char *name, size_t length)
{
   for (size_t i = 0; i < results->phase_count; i++) {
      const struct drill_phase *phase = &results->phases[i];
      if (phase->verdict != DRILL_SKIPPED && strlen(phase->name) == length && memcmp(phase->name, name, length) == 0) {
         return true;
      }
   }
   return false;
}

static bool
needs_have_run(const struct drill_results *results, const char *needs)
{
   while (needs[0] != '\0') {
      size_t length = strcspn(needs, ",");
      if (!has_run(results, needs, length)) {
         return false;
      }
      needs += length + (needs[length] == ',' ? 1 : 0);
   }
   return true;
}

static void
note(struct drill_expectation *line, enum drill_expected outcome)
{
   line->outcome = outcome > line->outcome ? outcome : line->outcome;
}

/* Puts the finding that the line is stale before what was found. */
static void
tell_stale(const struct drill_results *results,
           const struct drill_expectation *line,
           enum drill_verdict verdict,
           char *text,
           size_t size)
{
   char found[512];
   char stale[512];
   snprintf(found, sizeof found, "%s", text);
   snprintf(stale,
            sizeof stale,
            "stale: %s now %s; delete line %u of %.150s (%.150s)",
            line->name,
            verdict == DRILL_WARNING ? "only warns" : "passes",
            line->line,
            results->expect_file,
            line->why);
   snprintf(text, size, "%s%s%.*s", stale, found[0] == '\0' ? "" : ". Found: ", 200, found);
}

/* text: why it failed, or what was found instead. */
static void
settle(struct drill_results *results, const char *name, enum drill_verdict *verdict, char *text, size_t size)
{
   struct drill_expectation *line = results_expectation(results, name);
   if (line == NULL || *verdict == DRILL_SKIPPED || !needs_have_run(results, line->needs)) {
      return;
   }
   if (*verdict == DRILL_FAIL && strstr(text, line->says) != NULL) {
      *verdict = DRILL_KNOWN;
      note(line, DRILL_EXPECTED_KNOWN);
   } else if (*verdict == DRILL_FAIL) {
      note(line, DRILL_EXPECTED_OTHER);
   } else if (line->always) {
      tell_stale(results, line, *verdict, text, size);
      line->warns = *verdict == DRILL_WARNING;
      *verdict = DRILL_FAIL;
      note(line, DRILL_EXPECTED_STALE);
   } else {
      note(line, DRILL_EXPECTED_PASSED);
   }
}

void
expectations_settle_phase(struct drill_results *results, size_t phase)
{
   struct drill_phase *record = &results->phases[phase];
   settle(results, record->name, &record->verdict, record->reason, sizeof record->reason);
}

void
expectations_settle_checks(struct drill_results *results)
{
   for (size_t i = 0; i < results->check_count; i++) {
      struct drill_check *check = &results->checks[i];
      settle(results, check->name, &check->verdict, check->detail, sizeof check->detail);
   }
}

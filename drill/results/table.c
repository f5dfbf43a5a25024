#include "table_parts.h"
#include "text.h"
#include "writers.h"

#include <stdlib.h>
#include <string.h>

/* The JSON file has all of them. */
#define FAILED_MAX 20

static void
head(struct pen *pen, const struct drill_results *results)
{
   pen_format(pen, PEN_BOLD, "faas-drill %s", results->version);
   if (results->driver[0] != '\0') {
      pen_format(pen, PEN_PLAIN, " · %s", results->driver);
      pen_format(pen, PEN_PLAIN, results->client[0] == '\0' ? "%s" : ", %s", results->client);
   }
   if (strcmp(results->platform, "lambda") != 0) {
      pen_format(pen, PEN_PLAIN, " · %s", results->platform_title);
   }
   if (results->concurrency > 1) {
      pen_format(pen, PEN_PLAIN, ", %u at once", results->concurrency);
   }
   pen_end(pen);
   pen_format(pen, PEN_DIM, "%s · %s", results->package, results->deployment);
   pen_end(pen);
}

static void
failed_invocation(struct pen *pen, const struct drill_results *results, const struct drill_invocation *one)
{
   pen_symbol(pen, DRILL_FAIL);
   pen_move(pen, 2);
   const char *phase = one->phase < results->phase_count ? results->phases[one->phase].name : "";
   if (phase[0] != '\0' && strcmp(phase, one->name) != 0) {
      pen_put(pen, PEN_PLAIN, phase);
      pen_put(pen, PEN_DIM, " · ");
   }
   pen_put(pen, PEN_PLAIN, one->name);
   if (one->error_type[0] != '\0') {
      pen_put(pen, PEN_DIM, " · ");
      pen_put(pen, PEN_PLAIN, one->error_type);
   }
   /* People search for it in function.log, so it must not be cut. */
   unsigned needed = text_width(one->request_id) + (unsigned)strlen(" * request ");
   if (pen->at + needed <= pen->columns) {
      pen_put(pen, PEN_DIM, " · request ");
   } else {
      pen_end(pen);
      pen_move(pen, 4);
      pen_put(pen, PEN_DIM, pen->at + needed <= pen->columns ? "request " : "");
   }
   pen_put(pen, PEN_DIM, one->request_id);
   pen_end(pen);
   pen_move(pen, 4);
   pen_wrap(pen, PEN_RED, 4, one->reason[0] != '\0' ? one->reason : one->outcome);
}

/* An invocation that fails as expected, as in phase dropped, is not a failure. */
static bool
is_failure(const struct drill_results *results, const struct drill_invocation *one)
{
   return one->verdict == DRILL_FAIL &&
          (one->phase >= results->phase_count || results->phases[one->phase].verdict == DRILL_FAIL);
}

static void
failed_invocations(struct pen *pen, const struct drill_results *results)
{
   size_t failed = 0;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      if (!is_failure(results, one)) {
         continue;
      }
      if (failed == 0) {
         pen_heading(pen, "Failed invocations");
      }
      if (failed < FAILED_MAX) {
         failed_invocation(pen, results, one);
      }
      failed++;
   }
   if (failed > FAILED_MAX) {
      pen_move(pen, 2);
      pen_format(pen, PEN_DIM, "and %zu more, in the JSON file", failed - FAILED_MAX);
      pen_end(pen);
   }
}

static void
burst(struct pen *pen, const struct drill_results *results)
{
   if (results->sample_count == 0) {
      return;
   }
   unsigned connections = 0;
   unsigned running = 0;
   double most_mb = -1;
   double first_mb = -1;
   for (size_t i = 0; i < results->sample_count; i++) {
      const struct drill_sample *sample = &results->samples[i];
      connections = sample->connections > connections ? sample->connections : connections;
      running = sample->running > running ? sample->running : running;
      most_mb = sample->server_mb > most_mb ? sample->server_mb : most_mb;
      first_mb = first_mb < 0 ? sample->server_mb : first_mb;
   }
   pen_heading(pen, "Burst of cold starts, peak values");
   pen_move(pen, 2);
   char text[256];
   int used = snprintf(text,
                       sizeof text,
                       "%u function%s at once, %u connection%s at the server",
                       running,
                       running == 1 ? "" : "s",
                       connections,
                       connections == 1 ? "" : "s");
   if (most_mb >= 0 && used > 0) {
      snprintf(
         text + used, sizeof text - (size_t)used, ", %.1f MB of server memory (%.1f MB before)", most_mb, first_mb);
   }
   pen_wrap(pen, PEN_PLAIN, 2, text);
}

static void
checks(struct pen *pen, const struct drill_results *results)
{
   unsigned column = 0;
   for (size_t i = 0; i < results->check_count; i++) {
      unsigned width = text_width(results->checks[i].name) + 4;
      column = width > column ? width : column;
   }
   if (column == 0) {
      return;
   }
   pen_heading(pen, "Checks of the whole drill");
   for (size_t i = 0; i < results->check_count; i++) {
      const struct drill_check *check = &results->checks[i];
      pen_item(pen,
               check->verdict,
               check->name,
               column,
               check->verdict == DRILL_FAIL    ? PEN_RED
               : check->verdict == DRILL_KNOWN ? PEN_YELLOW
                                               : PEN_DIM,
               check->detail);
   }
}

static const struct {
   enum drill_verdict symbol;
   const char *words;
} outcomes[DRILL_EXPECTED_OUTCOMES] = {
   [DRILL_EXPECTED_UNJUDGED] = {DRILL_SKIPPED, "not judged this time"},
   [DRILL_EXPECTED_PASSED] = {DRILL_PASS, "passed this time"},
   [DRILL_EXPECTED_KNOWN] = {DRILL_KNOWN, "failed as expected"},
   [DRILL_EXPECTED_OTHER] = {DRILL_FAIL, "failed for another reason"},
   [DRILL_EXPECTED_STALE] = {DRILL_FAIL, "stale: now passes, delete the line"},
};

static void
expected_line(struct pen *pen, const struct drill_expectation *expectation, unsigned column)
{
   char text[512];
   snprintf(text,
            sizeof text,
            "line %u, %s%s%s: %s%s%s%s. %s",
            expectation->line,
            expectation->always ? "always" : "sometimes",
            expectation->until[0] == '\0' ? "" : " until ",
            expectation->until,
            expectation->warns ? "stale: now only warns, delete the line" : outcomes[expectation->outcome].words,
            expectation->outcome == DRILL_EXPECTED_OTHER ? ", without \"" : "",
            expectation->outcome == DRILL_EXPECTED_OTHER ? expectation->says : "",
            expectation->outcome == DRILL_EXPECTED_OTHER ? "\"" : "",
            expectation->why);
   pen_item(pen, outcomes[expectation->outcome].symbol, expectation->name, column, PEN_DIM, text);
}

static void
expected(struct pen *pen, const struct drill_results *results)
{
   char heading[sizeof results->expect_file + 32];
   unsigned column = 0;
   if (results->expectation_count == 0) {
      return;
   }
   for (size_t i = 0; i < results->expectation_count; i++) {
      unsigned width = text_width(results->expectations[i].name) + 4;
      column = width > column ? width : column;
   }
   snprintf(heading, sizeof heading, "Known failures, from %s", results->expect_file);
   pen_heading(pen, heading);
   for (size_t i = 0; i < results->expectation_count; i++) {
      expected_line(pen, &results->expectations[i], column);
   }
}

/* Repeated rounds give the same advice, which is shown once. */
static bool
told_before(const struct drill_results *results, size_t index)
{
   for (size_t i = 0; i < index; i++) {
      if (strcmp(results->phases[i].advice, results->phases[index].advice) == 0) {
         return true;
      }
   }
   return false;
}

static void
advice(struct pen *pen, const struct drill_results *results)
{
   bool any = false;
   for (size_t i = 0; i < results->phase_count; i++) {
      const struct drill_phase *phase = &results->phases[i];
      if (phase->advice[0] == '\0' || told_before(results, i)) {
         continue;
      }
      if (!any) {
         pen_heading(pen, "Advice");
         any = true;
      }
      pen_move(pen, 2);
      pen_format(pen, PEN_BOLD, "%s: ", phase->name);
      pen_wrap(pen, PEN_PLAIN, 2, phase->advice);
   }
}

/* Writes "1 phase", "2 phases". */
static void
counted(struct pen *pen, enum pen_style style, const char *before, size_t number, const char *what)
{
   pen_format(pen, style, "%s%zu %s%s", before, number, what, number == 1 ? "" : "s");
}

static void
verdict(struct pen *pen, const struct drill_results *results)
{
   size_t phases[DRILL_VERDICTS] = {0};
   size_t checks[DRILL_VERDICTS] = {0};
   for (size_t i = 0; i < results->phase_count; i++) {
      phases[results->phases[i].verdict]++;
   }
   for (size_t i = 0; i < results->check_count; i++) {
      checks[results->checks[i].verdict]++;
   }
   size_t known = phases[DRILL_KNOWN] + checks[DRILL_KNOWN];
   size_t stale = 0;
   for (size_t i = 0; i < results->expectation_count; i++) {
      stale += results->expectations[i].outcome == DRILL_EXPECTED_STALE ? 1 : 0;
   }
   size_t skipped = phases[DRILL_SKIPPED] + checks[DRILL_SKIPPED];
   enum drill_verdict all = results->verdict;
   pen_end(pen);
   pen_symbol(pen, all);
   pen_put(pen,
           all == DRILL_PASS ? PEN_GOOD : pen_verdict_style(all),
           all == DRILL_PASS   ? " PASS"
           : all == DRILL_FAIL ? " FAIL"
                               : " SKIPPED");
   if (all == DRILL_FAIL && phases[DRILL_FAIL] + checks[DRILL_FAIL] > 0) {
      pen_format(pen, PEN_PLAIN, "  %zu of ", phases[DRILL_FAIL]);
      counted(pen, PEN_PLAIN, "", results->phase_count, "phase");
      pen_format(pen, PEN_PLAIN, " and %zu of ", checks[DRILL_FAIL]);
      counted(pen, PEN_PLAIN, "", results->check_count, "check");
      pen_put(pen, PEN_PLAIN, " failed");
   } else {
      counted(pen, PEN_PLAIN, "  ", results->phase_count, "phase");
      counted(pen, PEN_PLAIN, ", ", results->check_count, "check");
   }
   if (stale > 0) {
      counted(pen, PEN_BAD, ", ", stale, "line");
      pen_put(pen, PEN_BAD, " stale");
   }
   if (known > 0) {
      counted(pen, PEN_YELLOW, ", ", known, "known failure");
   }
   if (checks[DRILL_WARNING] > 0) {
      counted(pen, PEN_YELLOW, ", ", checks[DRILL_WARNING], "warning");
   }
   if (skipped > 0) {
      pen_format(pen, PEN_YELLOW, ", %zu skipped", skipped);
   }
   if (results->duration_ms >= 0) {
      char text[PEN_DURATION];
      pen_format(pen, PEN_DIM, " · %s", pen_duration(text, results->duration_ms));
   }
   pen_end(pen);
}

void
table_print(FILE *out, const struct drill_results *results, bool colour, unsigned columns)
{
   struct pen pen = {.out = out, .colour = colour, .columns = columns};
   head(&pen, results);
   table_phases(&pen, results);
   failed_invocations(&pen, results);
   table_dropped(&pen, results);
   table_cold_starts(&pen, results);
   burst(&pen, results);
   checks(&pen, results);
   expected(&pen, results);
   advice(&pen, results);
   if (results->emulated) {
      pen_end(&pen);
      pen_wrap(&pen,
               PEN_PLAIN,
               0,
               "The failover was emulated: one server, shown as a replica set of three members. Use --uri and "
               "--outage-command to fail over a replica set of your own.");
   }
   verdict(&pen, results);
}

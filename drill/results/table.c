#include "pen.h"
#include "text.h"
#include "writers.h"

#include <stdlib.h>
#include <string.h>

/* Below it what a phase found does not fit beside its name. */
#define COLUMNS_OF_TABLE 72
/* The JSON file has them all. */
#define FAILED_MAX 20

static void
head(struct pen *pen, const struct drill_results *results)
{
   pen_format(pen, PEN_BOLD, "faas-drill %s", results->version);
   if (results->driver[0] != '\0') {
      pen_format(pen, PEN_PLAIN, " · %s", results->driver);
      pen_format(pen, PEN_PLAIN, results->client[0] == '\0' ? "%s" : ", %s", results->client);
   }
   pen_end(pen);
   pen_put(pen, PEN_DIM, results->package);
   pen_put(pen, PEN_DIM, " · ");
   pen_put(pen, PEN_DIM, results->deployment);
   pen_end(pen);
}

static void
heading(struct pen *pen, const char *text)
{
   pen_end(pen);
   pen_wrap(pen, PEN_BOLD, 0, text);
}

/* Phases. */

struct phase_columns {
   unsigned verdict;
   unsigned frozen_end;
   unsigned cpu_end;
   unsigned recover_end;
   unsigned did;
};

static struct phase_columns
phase_columns(const struct drill_results *results)
{
   unsigned name = 5;
   for (size_t i = 0; i < results->phase_count; i++) {
      unsigned width = text_width(results->phases[i].name);
      name = width > name ? width : name;
   }
   struct phase_columns columns = {.verdict = 2 + name + 2};
   columns.frozen_end = columns.verdict + 7 + 9;
   columns.cpu_end = columns.frozen_end + 10;
   columns.recover_end = columns.cpu_end + 11;
   columns.did = columns.recover_end + 2;
   return columns;
}

static void
phase_heading(struct pen *pen, const struct phase_columns *columns)
{
   pen_move(pen, 2);
   pen_put(pen, PEN_DIM, "phase");
   pen_move(pen, columns->verdict);
   pen_put(pen, PEN_DIM, "verdict");
   pen_right(pen, PEN_DIM, columns->frozen_end, "frozen");
   pen_right(pen, PEN_DIM, columns->cpu_end, "CPU used");
   pen_right(pen, PEN_DIM, columns->recover_end, "recovered");
   pen_move(pen, columns->did);
   pen_put(pen, PEN_DIM, "what the driver did");
   pen_end(pen);
}

static void
phase_name(struct pen *pen, const struct drill_phase *phase, unsigned verdict_column)
{
   pen_symbol(pen, phase->verdict);
   pen_move(pen, 2);
   pen_put(pen, PEN_PLAIN, phase->name);
   pen_move(pen, verdict_column);
   pen_put(pen, pen_verdict_style(phase->verdict), drill_verdict_name(phase->verdict));
}

/* What is not known or was not is shown faintly, so that the numbers stand out. */
static void
phase_number(struct pen *pen, unsigned column, double ms)
{
   char text[PEN_DURATION];
   pen_right(pen, ms < 0 ? PEN_DIM : PEN_PLAIN, column, pen_duration(text, ms));
}

/* What the driver did from column did on, reasons from column reason on. */
static void
phase_rest(struct pen *pen, const struct drill_phase *phase, unsigned did, unsigned reason)
{
   pen_move(pen, did);
   pen_wrap(pen, PEN_PLAIN, did, phase->driver_did);
   if (phase->verdict == DRILL_FAIL && phase->reason[0] != '\0') {
      pen_move(pen, reason);
      pen_wrap(pen, PEN_RED, reason, phase->reason);
   }
}

static void
phase_row(struct pen *pen, const struct drill_phase *phase, const struct phase_columns *columns)
{
   phase_name(pen, phase, columns->verdict);
   if (phase->verdict == DRILL_SKIPPED) {
      pen_put(pen, PEN_PLAIN, "  ");
      pen_wrap(pen, PEN_DIM, columns->verdict, phase->reason);
      return;
   }
   phase_number(pen, columns->frozen_end, phase->frozen_ms);
   phase_number(pen, columns->cpu_end, phase->frozen_cpu_ms);
   phase_number(pen, columns->recover_end, phase->recover_ms);
   phase_rest(pen, phase, columns->did, columns->verdict);
}

static void
phase_block(struct pen *pen, const struct drill_phase *phase, unsigned verdict_column)
{
   char text[PEN_DURATION];
   phase_name(pen, phase, verdict_column);
   pen_end(pen);
   if (phase->frozen_ms >= 0) {
      pen_move(pen, 4);
      pen_format(pen, PEN_PLAIN, "frozen %s", pen_duration(text, phase->frozen_ms));
      pen_format(pen, PEN_PLAIN, ", CPU used %s", pen_duration(text, phase->frozen_cpu_ms));
      pen_end(pen);
   }
   if (phase->recover_ms >= 0) {
      pen_move(pen, 4);
      pen_format(pen, PEN_PLAIN, "recovered in %s", pen_duration(text, phase->recover_ms));
      pen_end(pen);
   }
   if (phase->verdict == DRILL_SKIPPED) {
      pen_move(pen, 4);
      pen_wrap(pen, PEN_DIM, 4, phase->reason);
   } else {
      phase_rest(pen, phase, 4, 4);
   }
}

static void
phases(struct pen *pen, const struct drill_results *results)
{
   if (results->phase_count == 0) {
      pen_end(pen);
      pen_wrap(pen, PEN_PLAIN, 0, "No phase was run.");
      return;
   }
   struct phase_columns columns = phase_columns(results);
   bool wide = pen->columns >= COLUMNS_OF_TABLE && pen->columns >= columns.did + 20;
   unsigned round = 0;
   unsigned rounds = results->phases[results->phase_count - 1].round;
   pen_end(pen);
   if (wide) {
      phase_heading(pen, &columns);
   }
   for (size_t i = 0; i < results->phase_count; i++) {
      const struct drill_phase *phase = &results->phases[i];
      if (rounds > 1 && phase->round != round) {
         round = phase->round;
         pen_format(pen, PEN_DIM, "round %u of %u", round, rounds);
         pen_end(pen);
      }
      if (wide) {
         phase_row(pen, phase, &columns);
      } else {
         phase_block(pen, phase, columns.verdict);
      }
   }
}

/* Below the phases. */

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
   pen_put(pen, PEN_DIM, " · request ");
   pen_put(pen, PEN_DIM, one->request_id);
   pen_end(pen);
   pen_move(pen, 4);
   pen_wrap(pen, PEN_RED, 4, one->reason[0] != '\0' ? one->reason : one->outcome);
}

static void
failed_invocations(struct pen *pen, const struct drill_results *results)
{
   size_t failed = 0;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      if (one->verdict != DRILL_FAIL) {
         continue;
      }
      if (failed == 0) {
         heading(pen, "Failed invocations");
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

static bool
is_of_phase(const struct drill_results *results, const struct drill_invocation *one, const char *name)
{
   return one->phase < results->phase_count && strcmp(results->phases[one->phase].name, name) == 0;
}

static void
dropped_setting(struct pen *pen, const struct drill_invocation *one, unsigned column)
{
   char text[PEN_DURATION];
   pen_symbol(pen, one->verdict);
   pen_move(pen, 2);
   pen_put(pen, PEN_PLAIN, one->name);
   if (pen->columns < column + 20) {
      pen_end(pen);
      column = 4;
   }
   pen_move(pen, column);
   double ms = one->thaw_to_answer_ms >= 0 ? one->thaw_to_answer_ms : one->duration_ms;
   pen_duration(text, ms);
   char line[TEXT_MAX];
   if (one->verdict == DRILL_PASS) {
      snprintf(line, sizeof line, "saves it: answered %s after the thaw", text);
   } else if (one->verdict == DRILL_FAIL) {
      snprintf(line, sizeof line, "does not: %s after %s", one->outcome, text);
   } else {
      snprintf(line, sizeof line, "skipped: %s", one->reason);
   }
   pen_wrap(pen, one->verdict == DRILL_FAIL ? PEN_RED : PEN_PLAIN, column, line);
}

static void
dropped_settings(struct pen *pen, const struct drill_results *results)
{
   unsigned column = 0;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      unsigned width = is_of_phase(results, one, "dropped") ? text_width(one->name) + 4 : 0;
      column = width > column ? width : column;
   }
   if (column == 0) {
      return;
   }
   heading(pen, "Dropped connections: which setting saves the function");
   for (size_t i = 0; i < results->invocation_count; i++) {
      if (is_of_phase(results, &results->invocations[i], "dropped")) {
         dropped_setting(pen, &results->invocations[i], column);
      }
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
   heading(pen, "Burst of cold starts, at its peak");
   pen_move(pen, 2);
   char text[256];
   int used = snprintf(text, sizeof text, "%u functions at once, %u connections at the server", running, connections);
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
   heading(pen, "Checks over the whole drill");
   for (size_t i = 0; i < results->check_count; i++) {
      const struct drill_check *check = &results->checks[i];
      pen_symbol(pen, check->verdict);
      pen_move(pen, 2);
      pen_put(pen, PEN_PLAIN, check->name);
      unsigned indent = column;
      if (pen->columns < column + 20) {
         pen_end(pen);
         indent = 4;
      }
      pen_move(pen, indent);
      pen_wrap(pen, check->verdict == DRILL_FAIL ? PEN_RED : PEN_DIM, indent, check->detail);
   }
}

/* Repeated rounds give the same advice: it is given once. */
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
         heading(pen, "What to do");
         any = true;
      }
      pen_move(pen, 2);
      pen_format(pen, PEN_BOLD, "%s: ", phase->name);
      pen_wrap(pen, PEN_PLAIN, 2, phase->advice);
   }
}

static void
count(size_t *failed, size_t *skipped, enum drill_verdict verdict)
{
   *failed += verdict == DRILL_FAIL;
   *skipped += verdict == DRILL_SKIPPED;
}

static void
verdict(struct pen *pen, const struct drill_results *results)
{
   size_t phases_failed = 0;
   size_t checks_failed = 0;
   size_t skipped = 0;
   for (size_t i = 0; i < results->phase_count; i++) {
      count(&phases_failed, &skipped, results->phases[i].verdict);
   }
   for (size_t i = 0; i < results->check_count; i++) {
      count(&checks_failed, &skipped, results->checks[i].verdict);
   }
   enum drill_verdict all = results->verdict;
   pen_end(pen);
   pen_symbol(pen, all);
   pen_put(pen,
           all == DRILL_PASS ? PEN_GOOD : pen_verdict_style(all),
           all == DRILL_PASS   ? " PASS"
           : all == DRILL_FAIL ? " FAIL"
                               : " SKIPPED");
   if (all == DRILL_FAIL && phases_failed + checks_failed > 0) {
      pen_format(pen, PEN_PLAIN, "  %zu of %zu phases", phases_failed, results->phase_count);
      pen_format(pen, PEN_PLAIN, " and %zu of %zu checks failed", checks_failed, results->check_count);
   } else {
      pen_format(pen, PEN_PLAIN, "  %zu phases, %zu checks", results->phase_count, results->check_count);
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
   phases(&pen, results);
   failed_invocations(&pen, results);
   dropped_settings(&pen, results);
   burst(&pen, results);
   checks(&pen, results);
   advice(&pen, results);
   if (results->emulated) {
      pen_end(&pen);
      pen_wrap(&pen,
               PEN_PLAIN,
               0,
               "The failover was emulated: one server behind a front that shows three members. "
               "--uri with --outage-command fails over a replica set of your own.");
   }
   verdict(&pen, results);
}

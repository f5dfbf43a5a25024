#include "table_parts.h"
#include "text.h"

/* On narrower terminals, what a phase found does not fit beside its name. */
#define COLUMNS_OF_TABLE 72

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

/* Dims numbers that are unknown, so that the others stand out. */
static void
phase_number(struct pen *pen, unsigned column, double ms)
{
   char text[PEN_DURATION];
   pen_right(pen, ms < 0 ? PEN_DIM : PEN_PLAIN, column, pen_duration(text, ms));
}

/* Writes what the driver did from column did on, and reasons from column reason on. */
static void
phase_rest(struct pen *pen, const struct drill_phase *phase, unsigned did, unsigned reason)
{
   pen_move(pen, did);
   pen_wrap(pen, PEN_PLAIN, did, phase->driver_did);
   bool known = phase->verdict == DRILL_KNOWN;
   if ((known || phase->verdict == DRILL_FAIL) && phase->reason[0] != '\0') {
      pen_move(pen, reason);
      pen_wrap(pen, known ? PEN_YELLOW : PEN_RED, reason, phase->reason);
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

void
table_phases(struct pen *pen, const struct drill_results *results)
{
   if (results->phase_count == 0) {
      pen_end(pen);
      pen_wrap(pen, PEN_PLAIN, 0, "No phase ran.");
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

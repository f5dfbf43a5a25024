#include "table_parts.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define LABEL 19 /* columns of the longest label */
#define GAP 2

/* The column where each setting's column ends. */
static unsigned
column_end(const struct drill_results *results, size_t first, size_t index)
{
   unsigned end = LABEL;
   for (size_t i = first; i <= index; i++) {
      unsigned width = text_width(results->cold_starts[i].setting);
      end += GAP + (width > 8 ? width : 8);
   }
   return end;
}

static bool
is_shown(const struct drill_results *results, size_t index, size_t phase)
{
   return index < results->cold_start_count && results->cold_starts[index].phase == phase;
}

/* The rows: each part of a cold start, and then these. */
enum { TOTAL = COLD_START_PARTS, ROUND_TRIPS, CONNECTIONS, LOOKUPS, ROWS };

static const char *
label_of(int row)
{
   static const char *const labels[ROWS] = {
      [TOTAL] = "total", [ROUND_TRIPS] = "round trips", [CONNECTIONS] = "connections", [LOOKUPS] = "DNS lookups"};
   return row < TOTAL ? cold_start_names[row].name : labels[row];
}

static double
value_of(const struct drill_cold_start *one, int row)
{
   return row < TOTAL          ? one->ms[row]
          : row == TOTAL       ? one->total_ms
          : row == ROUND_TRIPS ? one->round_trips
          : row == CONNECTIONS ? one->connections
                               : one->lookups;
}

static void
put_row(struct pen *pen, const struct drill_results *results, size_t first, int row)
{
   pen_put(pen, PEN_PLAIN, "  ");
   pen_put(pen, PEN_PLAIN, label_of(row));
   for (size_t i = first; is_shown(results, i, results->cold_starts[first].phase); i++) {
      const struct drill_cold_start *one = &results->cold_starts[i];
      char text[32] = "–";
      if (one->tried) {
         snprintf(text, sizeof text, "%.0f", value_of(one, row));
      }
      pen_right(pen, one->tried ? PEN_PLAIN : PEN_DIM, column_end(results, first, i), text);
   }
   pen_end(pen);
}

static void
put_names(struct pen *pen, const struct drill_results *results, size_t first)
{
   for (size_t i = first; is_shown(results, i, results->cold_starts[first].phase); i++) {
      pen_right(pen, PEN_DIM, column_end(results, first, i), results->cold_starts[i].setting);
   }
   pen_end(pen);
}

static void
put_reasons(struct pen *pen, const struct drill_results *results, size_t first)
{
   for (size_t i = first; is_shown(results, i, results->cold_starts[first].phase); i++) {
      const struct drill_cold_start *one = &results->cold_starts[i];
      if (one->reason[0] != '\0') {
         pen_format(pen, PEN_DIM, "  %s: ", one->setting);
         pen_wrap(pen, PEN_DIM, 4, one->reason);
      }
   }
}

static void
put_phase(struct pen *pen, const struct drill_results *results, size_t first)
{
   char heading[96];
   snprintf(heading,
            sizeof heading,
            "Cold start breakdown in ms, at %.0f ms a round trip",
            results->cold_starts[first].round_trip_ms);
   pen_heading(pen, heading);
   put_names(pen, results, first);
   for (int row = 0; row < ROWS; row++) {
      put_row(pen, results, first, row);
   }
   put_reasons(pen, results, first);
}

void
table_cold_starts(struct pen *pen, const struct drill_results *results)
{
   for (size_t i = 0; i < results->cold_start_count; i++) {
      if (i == 0 || results->cold_starts[i].phase != results->cold_starts[i - 1].phase) {
         put_phase(pen, results, i);
      }
   }
}

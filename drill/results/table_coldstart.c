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

static void
put_row(struct pen *pen,
        const struct drill_results *results,
        size_t first,
        const char *label,
        double (*value)(const struct drill_cold_start *, int),
        int part)
{
   pen_put(pen, PEN_PLAIN, "  ");
   pen_put(pen, PEN_PLAIN, label);
   for (size_t i = first; is_shown(results, i, results->cold_starts[first].phase); i++) {
      const struct drill_cold_start *one = &results->cold_starts[i];
      char text[32] = "–";
      if (one->tried) {
         snprintf(text, sizeof text, "%.0f", value(one, part));
      }
      pen_right(pen, one->tried ? PEN_PLAIN : PEN_DIM, column_end(results, first, i), text);
   }
   pen_end(pen);
}

static double
part_of(const struct drill_cold_start *one, int part)
{
   return one->ms[part];
}

static double
total_of(const struct drill_cold_start *one, int part)
{
   (void)part;
   return one->total_ms;
}

static double
count_of(const struct drill_cold_start *one, int which)
{
   return which == 0 ? one->round_trips : which == 1 ? one->connections : one->lookups;
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
   static const char *const counts[] = {"round trips", "connections", "DNS lookups"};
   char heading[96];
   snprintf(heading,
            sizeof heading,
            "Cold start breakdown in ms, at %.0f ms a round trip",
            results->cold_starts[first].round_trip_ms);
   pen_heading(pen, heading);
   put_names(pen, results, first);
   for (int part = 0; part < COLD_START_PARTS; part++) {
      put_row(pen, results, first, cold_start_part_name((enum cold_start_part)part), part_of, part);
   }
   put_row(pen, results, first, "total", total_of, 0);
   for (int which = 0; which < 3; which++) {
      put_row(pen, results, first, counts[which], count_of, which);
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

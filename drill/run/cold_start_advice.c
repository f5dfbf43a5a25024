#include "append.h"
#include "cold_start.h"

#include <stdio.h>

/* Leaves out the start of the process and what comes after the operation: other load on the machine shows there. */
static double
waited_ms(const struct drill_cold_start *one)
{
   return one->total_ms - one->ms[COLD_START_PROCESS] - one->ms[COLD_START_REST];
}

/* True only when a round trip was saved: a difference of milliseconds alone may come from the machine. */
static bool
is_quicker(const struct drill_cold_start *one, const struct drill_cold_start *given)
{
   return one->tried && one->round_trips < given->round_trips && waited_ms(one) < waited_ms(given);
}

static void
add_quicker(char *text, size_t size, const struct drill_cold_start *one, const struct drill_cold_start *given)
{
   append_text(text,
               size,
               "With %s the cold start waits %.0f ms less for the network: %u round trips instead of %u",
               one->setting,
               waited_ms(given) - waited_ms(one),
               one->round_trips,
               given->round_trips);
   if (one->connections != given->connections) {
      append_text(text, size, ", and %u connections instead of %u", one->connections, given->connections);
   }
   append_text(text, size, ". ");
}

static void
add_rest(char *text, size_t size, const struct drill_cold_start *starts, size_t count)
{
   char names[160] = "";
   for (size_t i = 1; i < count; i++) {
      if (starts[i].tried && !is_quicker(&starts[i], &starts[0])) {
         append_item(names, sizeof names, ", ", starts[i].setting);
      }
   }
   if (names[0] != '\0') {
      append_text(text, size, "No faster: %s. ", names);
   }
}

void
cold_start_advice(char *text, size_t size, const struct drill_cold_start *starts, size_t count)
{
   const struct drill_cold_start *given = &starts[0];
   text[0] = '\0';
   for (size_t i = 1; i < count; i++) {
      if (is_quicker(&starts[i], given)) {
         add_quicker(text, size, &starts[i], given);
      }
   }
   add_rest(text, size, starts, count);
   append_text(text,
               size,
               "Of %.0f ms, %u round trips take at least %.0f ms and the start of the process takes %.0f ms.",
               given->total_ms,
               given->round_trips,
               given->round_trips * given->round_trip_ms,
               given->ms[COLD_START_PROCESS]);
}

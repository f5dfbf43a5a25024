#include "cold_start.h"

static const struct witness_hello *
first_hello(const struct witness_facts *facts, size_t connection)
{
   for (size_t i = 0; i < facts->hello_count; i++) {
      if (facts->hellos[i].connection == connection) {
         return &facts->hellos[i];
      }
   }
   return NULL;
}

/* Counts the hellos that came over the connection up to until_us. */
static unsigned
hellos_before(const struct witness_facts *facts, size_t connection, int64_t until_us)
{
   unsigned count = 0;
   for (size_t i = 0; i < facts->hello_count; i++) {
      count += facts->hellos[i].connection == connection && facts->hellos[i].start_us <= until_us ? 1 : 0;
   }
   return count;
}

static int64_t
later(int64_t one_us, int64_t other_us)
{
   return one_us > other_us ? one_us : other_us;
}

/* Counts the round trips of the name lookups between from_us and until_us, and sets *waited_us to the time they took.
 * Lookups that overlap count once, because a resolver asks for both kinds of address at once. */
static unsigned
lookup_trips(const struct witness_facts *facts, size_t first, int64_t from_us, int64_t until_us, int64_t *waited_us)
{
   unsigned trips = 0;
   int64_t over_us = 0;
   *waited_us = 0;
   for (size_t i = first; i < facts->lookup_count; i++) {
      const struct witness_lookup *lookup = &facts->lookups[i];
      if (lookup->start_us >= from_us && lookup->end_us <= until_us && lookup->start_us >= over_us) {
         trips += lookup->round_trips;
         *waited_us += lookup->end_us - lookup->start_us;
         over_us = lookup->end_us;
      }
   }
   return trips;
}

static unsigned
lookups_until(const struct witness_facts *facts, size_t first, int64_t until_us)
{
   unsigned count = 0;
   for (size_t i = first; i < facts->lookup_count; i++) {
      count += facts->lookups[i].start_us <= until_us ? 1 : 0;
   }
   return count;
}

/* The parts before the connection that the command uses. */
struct before {
   unsigned round_trips;
   int64_t names_us; /* spent on lookups after the first connection was made */
};

static struct before
look_before(const struct witness_facts *facts,
            const struct cold_start_window *window,
            const struct witness_command *command)
{
   const struct witness_connection *first = &facts->connections[window->connection];
   const struct witness_connection *by = &facts->connections[command->connection];
   const struct witness_hello *hello = first_hello(facts, window->connection);
   /* Either the first connection's hello led to this connection, or the client made both side by side, as
    * single-threaded clients do. */
   bool found = by != first && hello != NULL && hello->end_us != 0 && by->opened_us >= hello->end_us;
   struct before before = {.names_us = 0};
   int64_t waited_us;
   before.round_trips =
      lookup_trips(facts, window->lookup, window->start_us, found ? first->opened_us : by->opened_us, &waited_us);
   if (found) {
      before.round_trips += 1 + first->tls_round_trips + 1;
      before.round_trips += lookup_trips(facts, window->lookup, hello->end_us, by->opened_us, &before.names_us);
   }
   return before;
}

static void
count(struct drill_cold_start *cold,
      const struct witness_facts *facts,
      const struct cold_start_window *window,
      const struct witness_command *command,
      unsigned before)
{
   const struct witness_connection *by = &facts->connections[command->connection];
   cold->round_trips = before + 1 + by->tls_round_trips + hellos_before(facts, command->connection, command->start_us) +
                       by->proving_messages + 1;
   for (size_t i = window->connection; i < facts->connection_count; i++) {
      cold->connections += facts->connections[i].opened_us <= window->end_us ? 1 : 0;
   }
   cold->lookups = lookups_until(facts, window->lookup, window->end_us);
}

/* The process's own start ends with its first name lookup or its first connection, whichever comes first. */
static int64_t
process_end(const struct witness_facts *facts, const struct cold_start_window *window)
{
   int64_t opened_us = facts->connections[window->connection].opened_us;
   bool looked_up = window->lookup < facts->lookup_count && facts->lookups[window->lookup].start_us < opened_us;
   return looked_up ? facts->lookups[window->lookup].start_us : opened_us;
}

static void
take_apart(struct drill_cold_start *cold,
           const struct witness_facts *facts,
           const struct cold_start_window *window,
           const struct witness_command *command)
{
   const struct witness_connection *by = &facts->connections[command->connection];
   const struct witness_hello *hello = first_hello(facts, command->connection);
   int64_t hello_us = later(hello == NULL ? command->start_us : hello->start_us, by->secured_us);
   const int64_t ends[COLD_START_PARTS] = {
      [COLD_START_PROCESS] = process_end(facts, window),
      [COLD_START_DNS] = facts->connections[window->connection].opened_us,
      [COLD_START_DISCOVERY] = by->opened_us,
      /* The front accepts a client at once, and delays its first answer by TCP's round trip as well. */
      [COLD_START_TCP] = by->opened_us + window->round_trip_us,
      [COLD_START_TLS] = hello_us,
      [COLD_START_HELLO] = by->proving_us == 0 ? command->start_us : by->proving_us,
      [COLD_START_AUTHENTICATION] = command->start_us,
      [COLD_START_OPERATION] = command->end_us + window->round_trip_us,
      [COLD_START_REST] = window->end_us,
   };
   int64_t from_us = window->start_us;
   for (size_t i = 0; i < COLD_START_PARTS; i++) {
      int64_t end_us = later(ends[i], from_us);
      cold->ms[i] = (double)(end_us - from_us) / 1e3;
      cold->total_ms += cold->ms[i];
      from_us = end_us;
   }
}

bool
cold_start_look(struct drill_cold_start *cold,
                const struct witness_facts *facts,
                const struct cold_start_window *window)
{
   *cold = (struct drill_cold_start){.times = 1, .round_trip_ms = (double)window->round_trip_us / 1e3};
   if (window->command >= facts->command_count || window->connection >= facts->connection_count) {
      return false;
   }
   const struct witness_command *command = &facts->commands[window->command];
   if (command->connection < window->connection || command->connection >= facts->connection_count ||
       command->end_us == 0) {
      return false;
   }
   struct before before = look_before(facts, window, command);
   take_apart(cold, facts, window, command);
   cold->ms[COLD_START_DNS] += (double)before.names_us / 1e3;
   cold->ms[COLD_START_DISCOVERY] -= (double)before.names_us / 1e3;
   count(cold, facts, window, command, before.round_trips);
   cold->tried = true;
   return true;
}

/* Excludes the start of the process and what follows the operation, where other load on the machine shows. */
static double
waited_ms(const struct drill_cold_start *one)
{
   return one->total_ms - one->ms[COLD_START_PROCESS] - one->ms[COLD_START_REST];
}

/* True only if a round trip was saved: a difference of milliseconds alone may come from the machine. */
static bool
is_quicker(const struct drill_cold_start *one, const struct drill_cold_start *given)
{
   return one->tried && one->round_trips < given->round_trips && waited_ms(one) < waited_ms(given);
}

static void
add_quicker(struct text_out out, const struct drill_cold_start *one, const struct drill_cold_start *given)
{
   append_text(out,
               "With %s the cold start waits %.0f ms less for the network: %u round trips instead of %u",
               one->setting,
               waited_ms(given) - waited_ms(one),
               one->round_trips,
               given->round_trips);
   if (one->connections != given->connections) {
      append_text(out, ", and %u connections instead of %u", one->connections, given->connections);
   }
   append_text(out, ". ");
}

static void
add_rest(struct text_out out, const struct drill_cold_start *starts, size_t count)
{
   char names[160] = "";
   for (size_t i = 1; i < count; i++) {
      if (starts[i].tried && !is_quicker(&starts[i], &starts[0])) {
         append_item(TEXT_OUT(names), ", ", starts[i].setting);
      }
   }
   if (names[0] != '\0') {
      append_text(out, "No faster: %s. ", names);
   }
}

void
cold_start_advice(struct text_out out, const struct drill_cold_start *starts, size_t count)
{
   const struct drill_cold_start *given = &starts[0];
   out.text[0] = '\0';
   for (size_t i = 1; i < count; i++) {
      if (is_quicker(&starts[i], given)) {
         add_quicker(out, &starts[i], given);
      }
   }
   add_rest(out, starts, count);
   append_text(out,
               "Of %.0f ms, %u round trips take at least %.0f ms and the start of the process takes %.0f ms.",
               given->total_ms,
               given->round_trips,
               given->round_trips * given->round_trip_ms,
               given->ms[COLD_START_PROCESS]);
}

#include "cold_start.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
   [COLD_START_PROCESS] = "process",
   [COLD_START_DISCOVERY] = "discovery",
   [COLD_START_TCP] = "TCP",
   [COLD_START_TLS] = "TLS",
   [COLD_START_HELLO] = "hello",
   [COLD_START_AUTHENTICATION] = "authentication",
   [COLD_START_OPERATION] = "first operation",
   [COLD_START_REST] = "the rest",
};

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

/* Hellos that came over the connection before a moment. */
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

static void
count(struct cold_start *cold,
      const struct witness_facts *facts,
      const struct cold_start_window *window,
      const struct witness_command *command)
{
   const struct witness_connection *by = &facts->connections[command->connection];
   cold->round_trips =
      1 + by->tls_round_trips + hellos_before(facts, command->connection, command->start_us) + by->proving_messages + 1;
   if (command->connection != window->connection) {
      /* The other one is there when it has its first hello answered. */
      cold->round_trips += 1 + facts->connections[window->connection].tls_round_trips + 1;
   }
   for (size_t i = window->connection; i < facts->connection_count; i++) {
      cold->connections += facts->connections[i].opened_us <= window->end_us ? 1 : 0;
   }
}

bool
cold_start_look(struct cold_start *cold, const struct witness_facts *facts, const struct cold_start_window *window)
{
   *cold = (struct cold_start){.round_trips = 0};
   if (window->command >= facts->command_count || window->connection >= facts->connection_count) {
      return false;
   }
   const struct witness_command *command = &facts->commands[window->command];
   if (command->connection >= facts->connection_count || command->end_us == 0) {
      return false;
   }
   const struct witness_connection *by = &facts->connections[command->connection];
   const struct witness_hello *hello = first_hello(facts, command->connection);
   /* The front lets a client in at once, and its first answer is late by the round trip of TCP, too. */
   int64_t tcp_us = by->opened_us + window->round_trip_us;
   int64_t hello_us = later(hello == NULL ? command->start_us : hello->start_us, by->secured_us);
   int64_t ends[COLD_START_PARTS] = {
      [COLD_START_PROCESS] = facts->connections[window->connection].opened_us,
      [COLD_START_DISCOVERY] = by->opened_us,
      [COLD_START_TCP] = tcp_us,
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
   count(cold, facts, window, command);
   return true;
}

void
cold_start_tell(const struct cold_start *cold, char *text, size_t size)
{
   (void)snprintf(text, size, "%.0f ms:", cold->total_ms);
   for (size_t i = 0; i < COLD_START_PARTS; i++) {
      size_t length = strlen(text);
      (void)snprintf(text + length, size - length, "%s %s %.0f", i == 0 ? "" : ",", names[i], cold->ms[i]);
   }
   size_t length = strlen(text);
   (void)snprintf(text + length,
                  size - length,
                  "; %u round trips, %u connection%s",
                  cold->round_trips,
                  cold->connections,
                  cold->connections == 1 ? "" : "s");
}

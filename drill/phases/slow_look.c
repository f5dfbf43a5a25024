#include "slow_look.h"

#include <stdio.h>

/* The connections of a killed process all close at once. */
#define WITH_PROCESS_US (200 * 1000)
/* A client may report an error just before it closes the connection. */
#define TOLD_US (100 * 1000)
/* A pool that is cleared closes its connections one after the other. */
#define TOGETHER_US (200 * 1000)

static bool
is_given_up(const struct witness_facts *facts,
            const struct slow_window *window,
            size_t connection,
            enum witness_outcome outcome,
            int64_t start_us,
            int64_t end_us)
{
   int64_t until_us = window->timed_out ? window->end_us - WITH_PROCESS_US : window->end_us + TOLD_US;
   return outcome == WITNESS_NO_REPLY && start_us >= window->start_us && end_us <= until_us &&
          connection < facts->connection_count && facts->connections[connection].end == WITNESS_CLOSED_BY_CLIENT;
}

static const struct witness_command *
first_command(const struct witness_facts *facts, const struct slow_window *window)
{
   const struct witness_command *first = NULL;
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *one = &facts->commands[i];
      if (is_given_up(facts, window, one->connection, one->outcome, one->start_us, one->end_us) &&
          (first == NULL || one->end_us < first->end_us)) {
         first = one;
      }
   }
   return first;
}

static const struct witness_hello *
first_hello(const struct witness_facts *facts, const struct slow_window *window)
{
   const struct witness_hello *first = NULL;
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *one = &facts->hellos[i];
      if (is_given_up(facts, window, one->connection, one->outcome, one->start_us, one->end_us) &&
          (first == NULL || one->end_us < first->end_us)) {
         first = one;
      }
   }
   return first;
}

/* A hello that ends after a command was cancelled because of that command, and reached no limit of its own (Server
 * Monitoring, "cancelCheck"). */
void
slow_look_given_up(struct slow_given_up *given_up, const struct witness_facts *facts, const struct slow_window *window)
{
   *given_up = (struct slow_given_up){.hello_ms = -1, .command_ms = -1};
   const struct witness_hello *hello = first_hello(facts, window);
   const struct witness_command *command = first_command(facts, window);
   if (hello != NULL && (command == NULL || hello->end_us <= command->end_us)) {
      given_up->hello_ms = (double)(hello->end_us - hello->start_us) / 1e3;
   }
   if (command != NULL) {
      given_up->command_ms = (double)(command->end_us - command->start_us) / 1e3;
      write_text(TEXT_OUT(given_up->command), "%s", command->name);
      given_up->with_hello = given_up->hello_ms >= 0 && command->end_us - hello->end_us < TOGETHER_US;
   }
}

double
slow_look_took_ms(const struct witness_facts *facts, const struct slow_window *window)
{
   int64_t begin_us = window->event_us;
   for (size_t i = 0; i < facts->connection_count && window->cold; i++) {
      if (facts->connections[i].opened_us >= window->start_us && facts->connections[i].opened_us <= window->end_us) {
         begin_us = facts->connections[i].opened_us;
         break;
      }
   }
   return (double)(window->end_us - begin_us) / 1e3;
}

static bool
is_in(const struct witness_facts *facts,
      unsigned member,
      const struct slow_window *window,
      size_t connection,
      int64_t start_us)
{
   return start_us >= window->start_us && start_us <= window->end_us && connection < facts->connection_count &&
          facts->connections[connection].member == member;
}

unsigned
slow_look_messages(const struct witness_facts *facts, unsigned member, const struct slow_window *window)
{
   unsigned count = 0;
   for (size_t i = 0; i < facts->hello_count; i++) {
      count += is_in(facts, member, window, facts->hellos[i].connection, facts->hellos[i].start_us) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->command_count; i++) {
      count += is_in(facts, member, window, facts->commands[i].connection, facts->commands[i].start_us) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->connection_count; i++) {
      const struct witness_connection *one = &facts->connections[i];
      count += is_in(facts, member, window, i, one->opened_us) ? one->proving_messages : 0;
   }
   return count;
}

unsigned
slow_look_commands(const struct witness_facts *facts, unsigned member, const struct slow_window *window)
{
   unsigned count = 0;
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *one = &facts->commands[i];
      count += (one->is_read || one->is_write) && is_in(facts, member, window, one->connection, one->start_us) ? 1 : 0;
   }
   return count;
}

void
slow_look_written(struct slow_written *written, const struct witness_write *writes, size_t count, int64_t since_us)
{
   *written = (struct slow_written){.documents = 0};
   for (size_t i = 0; i < count; i++) {
      const struct witness_write *one = &writes[i];
      if (one->at_us >= since_us && !one->is_delete && !one->retry && one->n > 0) {
         written->documents += (unsigned)one->n;
         written->unanswered = written->unanswered || one->reply_lost;
      }
   }
}

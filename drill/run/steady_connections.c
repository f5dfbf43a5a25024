#include "steady_connections.h"

/* A pool with a minPoolSize fills only while its process runs, so over several invocations, and each member gets
 * connections of its own when it becomes primary. Both are over by half of the invocations, except for a few rises. */
#define RISES_OF_A_POOL 3

/* Finds the end of one process's invocations, among those with open connections, from first on. Returns the index of
 * the next process's first. */
static size_t
end_of_process(const struct drill_results *results, size_t first)
{
   size_t end = first + 1;
   while (end < results->invocation_count && results->invocations[end].server_connections > 0 &&
          results->invocations[end].instance == results->invocations[first].instance &&
          !results->invocations[end].cold) {
      end++;
   }
   return end;
}

static bool
grows(const struct drill_invocation *invocations, size_t count)
{
   unsigned most = 0, rises = 0;
   for (size_t i = 0; i < count; i++) {
      if (invocations[i].server_connections > most) {
         most = invocations[i].server_connections;
         rises += i >= count / 2 ? 1 : 0;
      }
   }
   return count >= STEADY_CONNECTIONS_INVOCATIONS && rises > RISES_OF_A_POOL;
}

void
steady_connections_look(const struct drill_results *results, struct steady_connections *found)
{
   *found = (struct steady_connections){0};
   for (size_t first = 0, end; first < results->invocation_count; first = end) {
      end = end_of_process(results, first);
      for (size_t i = first; i < end; i++) {
         unsigned open = results->invocations[i].server_connections;
         found->most = open > found->most ? open : found->most;
      }
      if (results->invocations[first].server_connections > 0) {
         found->invocations = end - first > found->invocations ? (unsigned)(end - first) : found->invocations;
         found->growing = found->growing || grows(&results->invocations[first], end - first);
      }
   }
}

#include "calm.h"

#include <stdlib.h>

/* How long a disturbance has effects: a check that is requested during another check follows it after 500 ms, whatever
 * that found, as in PyMongo. The first seconds of a client are similar. */
#define AFTERMATH_US 2000000
/* How long a driver may wait on a connection whose packets vanish: the longest default is 30 s (connectTimeoutMS of
 * several drivers). The front does not see when the driver gives up. */
#define DROPPED_US 60000000

struct disturbance {
   int64_t start_us;
   int64_t end_us; /* the latest end of this and all earlier ones */
};

static void
disturb(struct calm *calm, int64_t start_us, int64_t end_us)
{
   calm->disturbances[calm->count++] = (struct disturbance){start_us, end_us};
}

static void
add_connections(struct calm *calm, const struct witness_facts *facts)
{
   for (size_t i = 0; i < facts->connection_count; i++) {
      const struct witness_connection *one = &facts->connections[i];
      disturb(calm, one->opened_us, one->opened_us);
      if (one->end != WITNESS_OPEN) {
         disturb(calm, one->closed_us, one->closed_us + (one->end == WITNESS_DROPPED ? DROPPED_US : 0));
      }
   }
}

static void
add_failures(struct calm *calm, const struct witness_facts *facts)
{
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *one = &facts->commands[i];
      if (one->outcome == WITNESS_ERROR || one->outcome == WITNESS_NO_REPLY) {
         disturb(calm, one->start_us, one->end_us);
      }
   }
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *one = &facts->hellos[i];
      if (one->outcome == WITNESS_ERROR || one->outcome == WITNESS_NO_REPLY) {
         disturb(calm, one->start_us, one->end_us);
      }
   }
}

static int
by_start(const void *left, const void *right)
{
   const struct disturbance *a = left, *b = right;
   return a->start_us < b->start_us ? -1 : a->start_us > b->start_us;
}

bool
calm_init(struct calm *calm, const struct judge_case *seen)
{
   const struct witness_facts *facts = seen->facts;
   size_t most = 2 * facts->connection_count + facts->command_count + facts->hello_count + facts->unrest_count;
   *calm = (struct calm){.seen = seen, .disturbances = calloc(most + 1, sizeof *calm->disturbances)};
   if (calm->disturbances == NULL) {
      return false;
   }
   add_connections(calm, facts);
   add_failures(calm, facts);
   for (size_t i = 0; i < facts->unrest_count; i++) {
      const struct witness_unrest *one = &facts->unrests[i];
      disturb(calm, one->start_us, one->end_us == 0 ? INT64_MAX : one->end_us);
   }
   qsort(calm->disturbances, calm->count, sizeof *calm->disturbances, by_start);
   for (size_t i = 1; i < calm->count; i++) {
      int64_t before_us = calm->disturbances[i - 1].end_us;
      int64_t *end_us = &calm->disturbances[i].end_us;
      *end_us = before_us > *end_us ? before_us : *end_us;
   }
   return true;
}

void
calm_clear(struct calm *calm)
{
   free(calm->disturbances);
   calm->disturbances = NULL;
}

/* Whether something that began by until_us had not ended by from_us. */
static bool
was_disturbed(const struct calm *calm, int64_t from_us, int64_t until_us)
{
   size_t first = 0, beyond = calm->count;
   while (first < beyond) {
      size_t middle = first + (beyond - first) / 2;
      if (calm->disturbances[middle].start_us <= until_us) {
         first = middle + 1;
      } else {
         beyond = middle;
      }
   }
   return first > 0 && calm->disturbances[first - 1].end_us >= from_us;
}

/* The invocation whose process ran from from_us to until_us, and was the only one to use the database. */
static const struct judge_invocation *
find_run(const struct judge_case *seen, int64_t from_us, int64_t until_us)
{
   for (size_t i = 0; i < seen->invocation_count; i++) {
      const struct judge_invocation *one = &seen->invocations[i];
      if (one->alone && one->runs_from_us <= from_us && until_us <= one->runs_until_us) {
         return one;
      }
   }
   return NULL;
}

bool
calm_lasted(const struct calm *calm, int64_t from_us, int64_t until_us)
{
   const struct judge_invocation *run = find_run(calm->seen, from_us, until_us);
   if (run == NULL || calm->seen->facts->counts.left_out > 0) {
      return false;
   }
   int64_t begin_us = from_us - AFTERMATH_US;
   /* A suspended process learns after the thaw what happened meanwhile. */
   if (begin_us < run->runs_from_us && run->suspended_us < begin_us) {
      begin_us = run->suspended_us;
   }
   return !was_disturbed(calm, begin_us, until_us);
}

#include "storm_verdict.h"

#include "append.h"

#include <stdio.h>
#include <string.h>

/* Monitors of three members try each twice a second at most (Server Discovery and Monitoring,
 * "minHeartbeatFrequencyMS": 500 ms): 6. A pool adds an attempt for each of its few waiting operations. In the first
 * second all start at once, which is no hammering yet. */
#define HAMMERING_PER_S 20.0

bool
storm_is_lossy(const struct storm *storm)
{
   return storm->got_in < storm->environments;
}

static double
highest_rate(const struct storm *storm, unsigned from)
{
   double highest = 0;
   for (unsigned second = from; second < FRONT_LIMITED_SECONDS; second++) {
      highest = storm->rate[second] > highest ? storm->rate[second] : highest;
   }
   return highest;
}

/* The last full second in which one was open. */
static double
last_rate(const struct storm *storm)
{
   double last = 0, before = 0;
   for (unsigned second = 0; second < FRONT_LIMITED_SECONDS && storm->rate[second] >= 0; second++) {
      before = last;
      last = storm->rate[second];
   }
   return before;
}

/* For two seconds on end, behind the first in which some were refused. */
static bool
is_hammering(const struct storm *storm)
{
   unsigned second = 0;
   while (second < FRONT_LIMITED_SECONDS && storm->rate[second] <= 0) {
      second++;
   }
   for (second++; second + 1 < FRONT_LIMITED_SECONDS; second++) {
      if (storm->rate[second] > HAMMERING_PER_S && storm->rate[second + 1] > HAMMERING_PER_S) {
         return true;
      }
   }
   return false;
}

static bool
would_suffice(const struct storm_facts *facts)
{
   unsigned fewest = facts->fewest > 0 ? facts->fewest : facts->connections;
   return fewest > 0 && (unsigned long long)fewest * facts->given.environments <= facts->limit->usable;
}

void
storm_describe(char *text, size_t size, const struct storm_facts *facts)
{
   const struct storm *given = &facts->given;
   text[0] = '\0';
   append_text(text, size, "%u of %u got in", given->got_in, given->environments);
   if (given->got_in > 0) {
      append_text(text, size, ", the last after %.1f s", given->slowest_ms / 1e3);
   }
   if (given->refused > 0) {
      append_text(text,
                  size,
                  "; %llu attempts refused, one environment tried up to %.1f times a second, %.1f at the end",
                  (unsigned long long)given->refused,
                  highest_rate(given, 0),
                  last_rate(given));
   }
}

static void
add_capacity(char *text, size_t size, const struct storm_facts *facts)
{
   const struct connection_limit *limit = facts->limit;
   if (facts->connections == 0) {
      return;
   }
   append_text(
      text,
      size,
      "An environment at rest holds %u connection%s to one member: %s%s%u connections per node are enough for %u "
      "environments",
      facts->connections,
      facts->connections == 1 ? "" : "s",
      limit->tier == NULL ? "" : limit->tier,
      limit->tier == NULL ? "" : "'s ",
      limit->usable,
      limit->usable / facts->connections);
   if (facts->fewest > 0 && facts->fewest < facts->connections) {
      append_text(
         text, size, ", for %u with " STORM_SETTING " (%u each)", limit->usable / facts->fewest, facts->fewest);
   }
   append_text(text, size, ".");
}

void
storm_advise(char *text, size_t size, const struct storm_facts *facts)
{
   const struct storm *given = &facts->given, *set = &facts->set;
   text[0] = '\0';
   add_capacity(text, size, facts);
   if (!facts->setting_tried) {
      return;
   }
   if (storm_is_lossy(given) && set->got_in > given->got_in) {
      append_text(text,
                  size,
                  " Add " STORM_SETTING
                  " to the URI: then %u of %u got in, the last after %.1f s, with %llu attempts refused.",
                  set->got_in,
                  set->environments,
                  set->slowest_ms / 1e3,
                  (unsigned long long)set->refused);
   } else if (storm_is_lossy(given)) {
      append_text(text, size, " " STORM_SETTING " does not help: %u of %u got in.", set->got_in, set->environments);
   }
   if (storm_is_lossy(given) && storm_is_lossy(set)) {
      append_text(text, size, " Limit the function's reserved concurrency, or choose a larger tier.");
   }
}

bool
storm_fails(char *text, size_t size, const struct storm_facts *facts)
{
   const struct storm *given = &facts->given;
   text[0] = '\0';
   if (storm_is_lossy(given) && (would_suffice(facts) || facts->connections == 0)) {
      append_text(
         text,
         size,
         "%u of %u environments never got in, though %u connections per node would be enough for all. The last: %s",
         given->environments - given->got_in,
         given->environments,
         facts->limit->usable,
         given->example);
   }
   if (is_hammering(given)) {
      append_text(
         text,
         size,
         "%sthe function hammers a server that refuses it: one environment tried up to %.0f times a second (a driver "
         "needs 6, more than %.0f are too many): let the driver wait, keep one client",
         text[0] == '\0' ? "" : "; ",
         highest_rate(given, 0),
         HAMMERING_PER_S);
   }
   return text[0] != '\0';
}

#include "storm_verdict.h"

/* While no server is known to be up, an operation waits for a monitor, and monitors look every minHeartbeatFrequencyMS,
 * 500 ms (Server Discovery and Monitoring, "minHeartbeatFrequencyMS"). After each look, a member's pool may try
 * maxConnecting connections, 2 (Connection Monitoring and Pooling, "maxConnecting"), and its monitor may try once more
 * without a pause (Server Monitoring, "Network error during server check"). So a client makes up to 4 attempts for each
 * of 3 members in half a second. In the first second all environments start at once, which is not hammering yet. */
#define HAMMERING_PER_S (FRONT_MEMBERS * (1 + 1 + 2) * 1000.0 / 500)

const char *const storm_try_names[STORM_TRIES] = {
   [STORM_MAX_POOL] = "maxPoolSize=1",
   [STORM_MIN_POOL] = "minPoolSize=0",
   [STORM_MAX_IDLE] = "maxIdleTimeMS=1000",
   [STORM_SINGLE_CLIENT] = "a single-threaded client",
};

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

/* The rate in the last full second in which an environment was open. */
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

/* The front tells environments apart when each has a user of its own, as when root runs the drill. */
static bool
are_told_apart(const struct storm *storm)
{
   return storm->limited.clients >= 2;
}

/* True if one environment hammers for two seconds in a row. If environments are not told apart, judges their mean,
 * after the first second with refused attempts. */
static bool
is_hammering(const struct storm *storm)
{
   if (are_told_apart(storm)) {
      return storm->limited.sustained > HAMMERING_PER_S;
   }
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

bool
storm_saves_connections(const struct storm_facts *facts, enum storm_try_kind kind)
{
   unsigned with = facts->tries[kind].connections;
   unsigned without = kind == STORM_MAX_IDLE ? facts->warm : facts->connections;
   return with > 0 && with < without;
}

/* Counts from the first invocation on, so settings that only save connections over idle time do not count. */
static unsigned
fewest_connections(const struct storm_facts *facts)
{
   unsigned fewest = facts->connections;
   for (unsigned i = 0; i < STORM_TRIES; i++) {
      unsigned with = facts->tries[i].connections;
      bool fewer = with > 0 && (fewest == 0 || with < fewest);
      fewest = i != STORM_MAX_IDLE && i != STORM_SINGLE_CLIENT && fewer ? with : fewest;
   }
   return fewest;
}

static bool
would_suffice(const struct storm_facts *facts)
{
   unsigned fewest = fewest_connections(facts);
   return fewest > 0 && (unsigned long long)fewest * facts->given.environments <= facts->limit->usable;
}

void
storm_describe(struct text_out out, const struct storm_facts *facts)
{
   const struct storm *given = &facts->given;
   write_text(out, "%u of %u environments connected", given->got_in, given->environments);
   if (given->got_in > 0) {
      append_text(out, ", the last after %.1f s", given->slowest_ms / 1e3);
   }
   if (given->limited.refused > 0) {
      append_text(out,
                  "; %llu attempts refused, up to %.1f a second for each environment, %.1f at the end",
                  (unsigned long long)given->limited.refused,
                  highest_rate(given, 0),
                  last_rate(given));
   }
   if (given->limited.queued > 0) {
      append_text(out,
                  "; %llu connections queued, for up to %.1f s",
                  (unsigned long long)given->limited.queued,
                  (double)given->limited.queued_most_us / 1e6);
   }
   if (given->limited.left_queue > 0) {
      append_text(
         out, ", %llu of them closed by the client while queued", (unsigned long long)given->limited.left_queue);
   }
   if (are_told_apart(given) && given->limited.sustained > 0) {
      append_text(out, "; the busiest environment sustained %u a second", given->limited.sustained);
   }
}

/* How long a member needs to let in all environments, a second's worth of them at once. */
static double
connecting_s(const struct storm_facts *facts, unsigned connections)
{
   double seconds = (double)connections * facts->given.environments / facts->per_second - 1;
   return seconds > 0 ? seconds : 0;
}

static void
add_pace(struct text_out out, const struct storm_facts *facts)
{
   if (facts->connections == 0) {
      return;
   }
   append_text(out,
               "An idle environment holds %u connection%s to one member: at %u new connections a second per node, "
               "%u environments need %.1f s to connect",
               facts->connections,
               facts->connections == 1 ? "" : "s",
               facts->per_second,
               facts->given.environments,
               connecting_s(facts, facts->connections));
   for (unsigned i = 0; i < STORM_TRIES; i++) {
      if (i != STORM_MAX_IDLE && storm_saves_connections(facts, i)) {
         append_text(out, ", %.1f s with %s", connecting_s(facts, facts->tries[i].connections), storm_try_names[i]);
      }
   }
   append_text(out, ".");
}

static void
add_capacity(struct text_out out, const struct storm_facts *facts)
{
   const struct connection_limit *limit = facts->limit;
   if (facts->connections == 0) {
      return;
   }
   append_text(out,
               "An idle environment holds %u connection%s to one member: %s%s%u connections per node are enough for %u "
               "environments",
               facts->connections,
               facts->connections == 1 ? "" : "s",
               limit->tier == NULL ? "" : limit->tier,
               limit->tier == NULL ? "" : "'s ",
               limit->usable,
               limit->usable / facts->connections);
   for (unsigned i = 0; i < STORM_TRIES; i++) {
      if (storm_saves_connections(facts, i)) {
         append_text(out,
                     ", for %u with %s (%u each%s)",
                     limit->usable / facts->tries[i].connections,
                     storm_try_names[i],
                     facts->tries[i].connections,
                     i == STORM_MAX_IDLE ? ", once idle" : "");
      }
   }
   append_text(out, ".");
}

/* Appends the results with each setting; helps: lists those that let more environments in. */
static void
add_tries(struct text_out out, const struct storm_facts *facts, bool helps)
{
   for (unsigned i = 0; i < STORM_TRIES; i++) {
      const struct storm *storm = &facts->tries[i].storm;
      if (!facts->tries[i].held || !storm_is_lossy(&facts->given) || (storm->got_in > facts->given.got_in) != helps) {
         continue;
      }
      if (!helps) {
         append_text(
            out, " %s does not help: %u of %u connected.", storm_try_names[i], storm->got_in, storm->environments);
         continue;
      }
      if (i == STORM_MAX_IDLE || i == STORM_SINGLE_CLIENT) {
         append_text(out,
                     " With %s%s: %u of %u connected.",
                     storm_try_names[i],
                     i == STORM_MAX_IDLE ? ", on a second invocation" : "",
                     storm->got_in,
                     storm->environments);
         continue;
      }
      append_text(out,
                  " Add %s to the URI: then %u of %u connected, the last after %.1f s, with %llu attempts refused.",
                  storm_try_names[i],
                  storm->got_in,
                  storm->environments,
                  storm->slowest_ms / 1e3,
                  (unsigned long long)storm->limited.refused);
   }
}

void
storm_advise(struct text_out out, const struct storm_facts *facts)
{
   bool lossy = storm_is_lossy(&facts->given), tried = false;
   out.text[0] = '\0';
   if (facts->per_second > 0) {
      add_pace(out, facts);
   } else {
      add_capacity(out, facts);
   }
   add_tries(out, facts, true);
   add_tries(out, facts, false);
   for (unsigned i = 0; i < STORM_TRIES; i++) {
      tried = tried || facts->tries[i].held;
      lossy = lossy && (!facts->tries[i].held || storm_is_lossy(&facts->tries[i].storm));
   }
   if (lossy && facts->per_second > 0) {
      append_text(out,
                  " %u gave up, the last with: %s. Limit the function's reserved concurrency, let the function retry "
                  "after a random wait, or let the server queue more "
                  "(ingressConnectionEstablishmentMaxQueueDepth; here --connection-queue).",
                  facts->given.environments - facts->given.got_in,
                  facts->given.example);
   } else if (lossy && tried) {
      append_text(out, " Limit the function's reserved concurrency, or choose a larger tier.");
   }
}

bool
storm_fails(struct text_out out, const struct storm_facts *facts)
{
   const struct storm *given = &facts->given;
   out.text[0] = '\0';
   bool is_paced = facts->per_second > 0;
   if (storm_is_lossy(given) && is_paced && given->limited.refused == 0 && given->limited.queued == 0) {
      append_text(
         out,
         "%u of %u environments never connected, although the members neither refused nor queued a connection. "
         "The last: %s",
         given->environments - given->got_in,
         given->environments,
         given->example);
   } else if (storm_is_lossy(given) && (facts->connections == 0 || (!is_paced && would_suffice(facts)))) {
      append_text(out,
                  "%u of %u environments never connected, although %u connections per node would be enough for all. "
                  "The last: %s",
                  given->environments - given->got_in,
                  given->environments,
                  facts->limit->usable,
                  given->example);
   }
   if (is_hammering(given)) {
      append_text(out,
                  "%sthe function retries too fast while the server refuses it: one environment made %.0f attempts a "
                  "second (the driver specifications allow %.0f: monitors and pools of three members, "
                  "every 500 ms). Keep one client, and let the driver wait",
                  out.text[0] == '\0' ? "" : "; ",
                  are_told_apart(given) ? given->limited.sustained : highest_rate(given, 1),
                  HAMMERING_PER_S);
   }
   return out.text[0] != '\0';
}

#include "overload_verdict.h"

#include "append.h"

#include <stdlib.h>
#include <string.h>

#define RETRIES_OPTION "maxAdaptiveRetries="

unsigned
overload_retries(const char *uri_options, enum backoff_version version)
{
   const char *found = uri_options == NULL ? NULL : strcasestr(uri_options, RETRIES_OPTION);
   return found == NULL ? backoff_retries_allowed(version)
                        : (unsigned)strtoul(found + strlen(RETRIES_OPTION), NULL, 10);
}

/* A driver that retries error 462 for reasons of its own does not know the limit, so the limit does not bind it. */
static bool
retries_too_often(const struct overload_facts *facts)
{
   return facts->backoff->version != BACKOFF_UNKNOWN && facts->backoff->most_retries > facts->retries;
}

static const char *
who(const struct overload_facts *facts)
{
   return facts->backoff->by_driver ? "the driver" : "the function, or its driver,";
}

/* Whether most of the waits that are judged ended with a new client. */
static bool
is_by_new_clients(const struct backoff *backoff)
{
   return !backoff->by_driver && 2 * backoff->by_new_clients > backoff->wait_count;
}

void
overload_describe(char *text, size_t size, const struct overload_facts *facts)
{
   const struct storm *storm = facts->storm;
   const struct backoff *backoff = facts->backoff;
   text[0] = '\0';
   append_text(text, size, "%u of %u got in", storm->got_in, storm->environments);
   if (storm->got_in > 0) {
      append_text(text,
                  size,
                  ", half of them within %.1f s, all within %.1f s",
                  storm->median_ms / 1e3,
                  storm->slowest_ms / 1e3);
   }
   append_text(text, size, "; %lu commands shed", backoff->shed);
   if (backoff->wait_count > 0) {
      append_text(text,
                  size,
                  ", %zu tried again, the first time after %.0f ms on average",
                  backoff->wait_count,
                  backoff_mean_ms(backoff, 1));
   }
   if (backoff_mean_ms(backoff, 2) >= 0) {
      append_text(text, size, ", the second after %.0f ms", backoff_mean_ms(backoff, 2));
   }
   if (backoff->by_new_clients > 0) {
      append_text(text, size, "; %lu attempts with a new client", backoff->by_new_clients);
   }
}

static void
add_no_retry(char *text, size_t size, const struct backoff *backoff)
{
   const char *driver = backoff->driver[0] == '\0' ? "The driver" : backoff->driver;
   if (backoff->version == BACKOFF_UNKNOWN) {
      append_text(text,
                  size,
                  "%s does not know backpressure (no such field in its hello) and gives up with the server's error: "
                  "let the function try again, after a random wait that doubles each time, or use a driver that knows "
                  "it.",
                  driver);
   } else {
      append_text(text,
                  size,
                  "%s says that it knows backpressure, and did not try again: retryWrites, retryReads or "
                  "maxAdaptiveRetries may forbid it.",
                  driver);
   }
}

static void
add_excess(char *text, size_t size, const struct backoff *backoff)
{
   /* 250 ms: what a busy machine adds. The specification is not for functions. */
   if ((backoff->by_driver || backoff->by_new_clients == 0) && backoff_excess_ms(backoff) > 250) {
      append_text(text,
                  size,
                  " One waited %.0f ms longer than the specification has it (up to %.0f ms before the first retry).",
                  backoff_excess_ms(backoff),
                  backoff_longest_ms(backoff->waits[0].base_ms, 1));
   }
}

static void
add_new_clients(char *text, size_t size, const struct backoff *backoff)
{
   if (backoff->by_new_clients > 0) {
      append_text(text,
                  size,
                  " %lu of the attempts came from a new client, and each cost the server connections besides: create "
                  "the client once, outside the handler, and try again with the same one.",
                  backoff->by_new_clients);
   }
}

void
overload_advise(char *text, size_t size, const struct overload_facts *facts)
{
   const struct backoff *backoff = facts->backoff;
   text[0] = '\0';
   if (backoff->shed == 0) {
      append_text(text,
                  size,
                  "Each member admits %u commands a second, and none was shed: raise --instances or lower "
                  "--overload-rate.",
                  facts->per_second);
      return;
   }
   if (backoff->wait_count == 0) {
      add_no_retry(text, size, backoff);
      return;
   }
   if (is_by_new_clients(backoff)) {
      append_text(text,
                  size,
                  "The driver does not try again, the function does: after %.0f ms on average.",
                  backoff_mean_ms(backoff, 0));
   } else if (backoff->version == BACKOFF_UNKNOWN) {
      append_text(
         text, size, "Nothing in the hello says that the driver knows backpressure: who waits is the function.");
   } else if (backoff->wait_count < BACKOFF_WAITS_NEEDED) {
      append_text(text,
                  size,
                  "%zu wait%s cannot be told from chance: raise --instances or lower --overload-rate.",
                  backoff->wait_count,
                  backoff->wait_count == 1 ? "" : "s");
   } else if (backoff_lacks_growth(backoff)) {
      append_text(text, size, "The second wait is no longer than the first: the specification doubles its bound.");
   } else {
      append_text(text,
                  size,
                  "%s backs off as the specification says: waits up to %.0f ms, then %.0f ms, at random, %u retr%s at "
                  "most.",
                  backoff->driver[0] == '\0' ? "The driver" : backoff->driver,
                  backoff_longest_ms(backoff->waits[0].base_ms, 1),
                  backoff_longest_ms(backoff->waits[0].base_ms, 2),
                  facts->retries,
                  facts->retries == 1 ? "y" : "ies");
   }
   add_excess(text, size, backoff);
   add_new_clients(text, size, backoff);
   if (facts->storm->got_in < facts->storm->environments) {
      append_text(text,
                  size,
                  " %u gave up all the same: so many at once ask for more than %u commands a second.",
                  facts->storm->environments - facts->storm->got_in,
                  facts->per_second);
   }
}

static void
add_failure(char *text, size_t size, const char *failure)
{
   append_text(text, size, "%s%s", text[0] == '\0' ? "" : "; ", failure);
}

bool
overload_fails(char *text, size_t size, const struct overload_facts *facts)
{
   const struct backoff *backoff = facts->backoff;
   text[0] = '\0';
   if (backoff_lacks_pause(backoff)) {
      append_text(text,
                  size,
                  "%s tries again without a pause after SystemOverloadedError: %zu times, after %.1f ms on average, "
                  "where the specification has up to %.0f ms, at random%s",
                  who(facts),
                  backoff->wait_count,
                  backoff_mean_ms(backoff, 0),
                  backoff_longest_ms(backoff->waits[0].base_ms, 1),
                  is_by_new_clients(backoff) ? "; each time with a new client: create it once, outside the handler"
                                             : "");
   } else if (backoff_lacks_jitter(backoff)) {
      append_text(text,
                  size,
                  "%s tries again after the same wait in all environments, %.0f ms before the first retry: all come "
                  "back at once. Waits have to be at random, between 0 and %.0f ms",
                  who(facts),
                  backoff_mean_ms(backoff, 1),
                  backoff_longest_ms(backoff->waits[0].base_ms, 1));
   }
   if (retries_too_often(facts)) {
      char failure[200];
      snprintf(failure,
               sizeof failure,
               "the driver retried an operation %u times, at most %u are allowed (where the function sets "
               "maxAdaptiveRetries itself, repeat it in --uri-options)",
               backoff->most_retries,
               facts->retries);
      add_failure(text, size, failure);
   }
   return text[0] != '\0';
}

#include "overload_verdict.h"

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

/* A driver that retries error 462 for other reasons does not know the limit, so it does not apply. */
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
overload_describe(struct text_out out, const struct overload_facts *facts)
{
   const struct storm *storm = facts->storm;
   const struct backoff *backoff = facts->backoff;
   write_text(out, "%u of %u environments were served", storm->got_in, storm->environments);
   if (storm->got_in > 0) {
      append_text(
         out, ", half of them within %.1f s, all within %.1f s", storm->median_ms / 1e3, storm->slowest_ms / 1e3);
   }
   append_text(out, "; %lu commands shed", backoff->shed);
   if (backoff->wait_count > 0) {
      append_text(
         out, ", %zu retried, first after %.0f ms on average", backoff->wait_count, backoff_mean_ms(backoff, 1));
   }
   if (backoff_mean_ms(backoff, 2) >= 0) {
      append_text(out, ", then after %.0f ms", backoff_mean_ms(backoff, 2));
   }
   if (backoff->by_new_clients > 0) {
      append_text(out, "; %lu attempts by new clients", backoff->by_new_clients);
   }
}

static void
add_no_retry(struct text_out out, const struct backoff *backoff)
{
   const char *driver = backoff->driver[0] == '\0' ? "The driver" : backoff->driver;
   if (backoff->version == BACKOFF_UNKNOWN) {
      append_text(
         out,
         "%s does not support backpressure (no such field in its hello) and gives up with the server's error: "
         "let the function retry after a random wait that doubles each time, or use a driver that supports it.",
         driver);
   } else {
      append_text(out,
                  "%s announces backpressure in its hello, but did not retry: check retryWrites, retryReads and "
                  "maxAdaptiveRetries.",
                  driver);
   }
}

static void
add_excess(struct text_out out, const struct backoff *backoff)
{
   /* 250 ms is what a busy machine may add. The specification does not apply to functions. */
   if ((backoff->by_driver || backoff->by_new_clients == 0) && backoff_excess_ms(backoff) > 250) {
      append_text(out,
                  " One wait was %.0f ms longer than the specification allows (up to %.0f ms before the first retry).",
                  backoff_excess_ms(backoff),
                  backoff_longest_ms(backoff->waits[0].base_ms, 1));
   }
}

static void
add_new_clients(struct text_out out, const struct backoff *backoff)
{
   if (backoff->by_new_clients > 0) {
      append_text(out,
                  " %lu of the attempts came from new clients, each with its own connections: create the client once, "
                  "outside the handler, and retry with the same one.",
                  backoff->by_new_clients);
   }
}

void
overload_advise(struct text_out out, const struct overload_facts *facts)
{
   const struct backoff *backoff = facts->backoff;
   out.text[0] = '\0';
   if (backoff->shed == 0) {
      append_text(out,
                  "Nothing was tested: each member admits %u commands a second, and no command was shed. Raise "
                  "--instances or lower --overload-rate.",
                  facts->per_second);
      return;
   }
   if (backoff->wait_count == 0) {
      add_no_retry(out, backoff);
      return;
   }
   if (is_by_new_clients(backoff)) {
      append_text(out, "The function retries, not the driver: after %.0f ms on average.", backoff_mean_ms(backoff, 0));
   } else if (backoff->version == BACKOFF_UNKNOWN) {
      append_text(out, "The hello does not announce backpressure: the function waits, not the driver.");
   } else if (backoff->wait_count < BACKOFF_WAITS_NEEDED) {
      append_text(out,
                  "Only %zu wait%s seen, too few to judge: raise --instances or lower --overload-rate.",
                  backoff->wait_count,
                  backoff->wait_count == 1 ? "" : "s");
   } else if (backoff_lacks_growth(backoff)) {
      append_text(out,
                  "The second wait is no longer than the first, although the specification doubles its upper bound.");
   } else {
      append_text(out,
                  "%s backs off as specified: random waits of up to %.0f ms, then %.0f ms, at most %u retr%s.",
                  backoff->driver[0] == '\0' ? "The driver" : backoff->driver,
                  backoff_longest_ms(backoff->waits[0].base_ms, 1),
                  backoff_longest_ms(backoff->waits[0].base_ms, 2),
                  facts->retries,
                  facts->retries == 1 ? "y" : "ies");
   }
   add_excess(out, backoff);
   add_new_clients(out, backoff);
   if (facts->storm->got_in < facts->storm->environments) {
      append_text(out,
                  " %u still gave up: together the environments need more than %u commands a second.",
                  facts->storm->environments - facts->storm->got_in,
                  facts->per_second);
   }
}

bool
overload_fails(struct text_out out, const struct overload_facts *facts)
{
   const struct backoff *backoff = facts->backoff;
   out.text[0] = '\0';
   if (backoff_lacks_pause(backoff)) {
      append_text(out,
                  "%s retries without a pause after SystemOverloadedError: %zu times, after %.1f ms on average; the "
                  "specification requires a random wait of up to %.0f ms%s",
                  who(facts),
                  backoff->wait_count,
                  backoff_mean_ms(backoff, 0),
                  backoff_longest_ms(backoff->waits[0].base_ms, 1),
                  is_by_new_clients(backoff) ? "; each time with a new client: create it once, outside the handler"
                                             : "");
   } else if (backoff_lacks_jitter(backoff)) {
      append_text(out,
                  "%s waits equally long in all environments, %.0f ms before the first retry, so all retry at once. "
                  "Waits must be random, between 0 and %.0f ms",
                  who(facts),
                  backoff_mean_ms(backoff, 1),
                  backoff_longest_ms(backoff->waits[0].base_ms, 1));
   }
   if (retries_too_often(facts)) {
      append_text(out,
                  "%sthe driver retried an operation %u times; at most %u retries are allowed (if the function sets "
                  "maxAdaptiveRetries itself, repeat it in --uri-options)",
                  out.text[0] == '\0' ? "" : "; ",
                  backoff->most_retries,
                  facts->retries);
   }
   return out.text[0] != '\0';
}

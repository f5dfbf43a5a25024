#include "backoff.h"

#include "attempts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* client-backpressure, "Overload retry policy". MAX_RETRIES was 5 while a hello said true. */
#define BASE_BACKOFF_MS 100.0
#define MAX_BACKOFF_MS 10000.0
#define MAX_RETRIES 2
#define MAX_RETRIES_FIRST 5

/* --- from facts to waits ------------------------------------------------------------------------------------------ */

/* Whether the driver made the next attempt. A function may retry by itself after its driver has given up, but then with
 * another transaction number. */
static bool
is_by_driver(const struct witness_command *first, const struct witness_command *next)
{
   return first->numbered && next->numbered && first->transaction_number == next->transaction_number;
}

static bool
is_shed(const struct witness_command *command)
{
   return command->outcome == WITNESS_ERROR && command->overloaded;
}

/* Follows one operation from its first error. followed marks the commands that were reached. */
static void
follow(struct backoff *backoff, struct attempts *attempts, size_t index, bool *followed)
{
   const struct witness_command *commands = attempts->facts->commands;
   struct attempt next = {.command = index};
   unsigned retry = 0, by_driver = 0;
   for (; is_shed(&commands[index]); index = next.command) {
      const struct witness_command *shed = &commands[index];
      followed[index] = true;
      backoff->shed++;
      if (!attempts_next(attempts, index, &next)) {
         return;
      }
      /* Each client numbers its own transactions from 1. */
      bool is_driver = !next.by_new_client && is_by_driver(shed, &commands[next.command]);
      /* What follows a driver's last attempt is a new operation of the function, with its own count. */
      bool is_new = next.by_new_client || (shed->numbered && !is_driver);
      by_driver = is_driver ? by_driver + 1 : 0;
      retry = is_driver ? by_driver : is_new ? 1 : retry + 1;
      backoff->most_retries = by_driver > backoff->most_retries ? by_driver : backoff->most_retries;
      backoff->by_new_clients += next.by_new_client ? 1 : 0;
      backoff->by_driver = backoff->by_driver || is_driver;
      backoff->waits[backoff->wait_count++] =
         (struct backoff_wait){.ms = (double)(next.begun_us - shed->end_us) / 1e3,
                               .base_ms = shed->base_backoff_ms > 0 ? shed->base_backoff_ms : BASE_BACKOFF_MS,
                               .retry = retry,
                               .by_driver = is_driver};
      /* Two concurrent commands in one session both lead to the same next one. */
      if (followed[next.command]) {
         return;
      }
   }
}

/* The specification does not say what a function does after its driver has given up. */
static void
leave_out_functions(struct backoff *backoff)
{
   size_t kept = 0;
   for (size_t i = 0; i < backoff->wait_count; i++) {
      if (!backoff->by_driver || backoff->waits[i].by_driver) {
         backoff->waits[kept++] = backoff->waits[i];
      }
   }
   backoff->wait_count = kept;
}

static enum backoff_version
version_of(const struct witness_handshake *handshake)
{
   return handshake->backpressure[0] == '\0'             ? BACKOFF_UNKNOWN
          : strcmp(handshake->backpressure, "true") == 0 ? BACKOFF_FIRST
                                                         : BACKOFF_SECOND;
}

/* Notes the version and the driver of the client that sent the command. */
static void
look_at_client(struct backoff *backoff, const struct witness_facts *facts, const struct witness_command *command)
{
   if (command->connection >= facts->connection_count ||
       facts->connections[command->connection].handshake >= facts->handshake_count) {
      return;
   }
   const struct witness_handshake *handshake = &facts->handshakes[facts->connections[command->connection].handshake];
   enum backoff_version version = version_of(handshake);
   if (backoff->driver[0] == '\0' || version < backoff->version) {
      backoff->version = version;
   }
   /* Names have the driver first, then what is built on it: "PyMongo|c", "4.20.1|". */
   (void)snprintf(backoff->driver,
                  sizeof backoff->driver,
                  "%.*s %.*s",
                  (int)strcspn(handshake->driver, "|"),
                  handshake->driver,
                  (int)strcspn(handshake->version, "|"),
                  handshake->version);
}

static bool
read_waits(struct backoff *backoff, const struct witness_facts *facts, int64_t since_us, bool alone)
{
   *backoff = (struct backoff){.waits = calloc(facts->command_count + 1, sizeof *backoff->waits)};
   bool *followed = calloc(facts->command_count + 1, sizeof *followed);
   struct attempts attempts;
   bool done = attempts_init(&attempts, facts, alone) && backoff->waits != NULL && followed != NULL;
   for (size_t i = 0; i < facts->command_count && done; i++) {
      const struct witness_command *command = &facts->commands[i];
      if (command->start_us >= since_us && is_shed(command) && !followed[i]) {
         look_at_client(backoff, facts, command);
         follow(backoff, &attempts, i, followed);
      }
   }
   attempts_clear(&attempts);
   free(followed);
   leave_out_functions(backoff);
   return done;
}

static bool
has_owners(const struct witness_facts *facts)
{
   bool has = false;
   for (size_t i = 0; i < facts->connection_count; i++) {
      has = has || facts->connections[i].owner != 0;
   }
   return has;
}

/* If environments are not told apart, each attempt of a new client is matched with the earliest refused one. With this
 * many per environment, few can be an environment's first; and a function that waits as specified has not made so many,
 * because from its seventh on each wait may be up to 10 s. */
#define NEW_CLIENTS_NEEDED 10

bool
backoff_init(struct backoff *backoff, const struct witness_facts *facts, int64_t since_us, size_t environments)
{
   bool apart = environments == 1 || has_owners(facts);
   if (!read_waits(backoff, facts, since_us, environments == 1 || !apart)) {
      return false;
   }
   backoff->mixed = !apart && backoff->by_new_clients >= NEW_CLIENTS_NEEDED * environments;
   if (!apart && !backoff->mixed && backoff->by_new_clients > 0) {
      backoff_clear(backoff);
      return read_waits(backoff, facts, since_us, false);
   }
   return true;
}

void
backoff_clear(struct backoff *backoff)
{
   free(backoff->waits);
   backoff->waits = NULL;
   backoff->wait_count = 0;
}

/* --- what the specification says ---------------------------------------------------------------------------------- */

unsigned
backoff_retries_allowed(enum backoff_version version)
{
   return version == BACKOFF_SECOND ? MAX_RETRIES : MAX_RETRIES_FIRST;
}

/* backoff = jitter * min(MAX_BACKOFF, BASE_BACKOFF * 2^attempt), attempt being the number of the retry. */
double
backoff_longest_ms(double base_ms, unsigned retry)
{
   return fmin(MAX_BACKOFF_MS, ldexp(base_ms, (int)(retry > 30 ? 30 : retry)));
}

/* The exponent was one less. */
double
backoff_longest_before_ms(double base_ms, unsigned retry)
{
   return backoff_longest_ms(base_ms, retry - 1);
}

/* --- whether the waits can be those ------------------------------------------------------------------------------- */

/* Jitter goes down to 0, so a single short wait may be chance; many short ones are not. A busy machine makes the
 * measured waits longer, never shorter, and makes equal waits differ. */
#define ONCE_IN_A_MILLION 1e-6
#define ONCE_IN_TEN_MILLION 1e-7

double
backoff_tail(unsigned long count, unsigned long least, double probability)
{
   double sum = 0;
   for (unsigned long k = least; k <= count; k++) {
      double log_ways = lgamma((double)count + 1) - lgamma((double)k + 1) - lgamma((double)(count - k) + 1);
      sum += exp(log_ways + (double)k * log(probability) + (double)(count - k) * log1p(-probability));
   }
   return sum < 1 ? sum : 1;
}

/* Counts waits that are shorter than a tenth of the shortest range: by chance, at most one in ten is. */
bool
backoff_lacks_pause(const struct backoff *backoff)
{
   unsigned long shorter = 0;
   for (size_t i = 0; i < backoff->wait_count; i++) {
      const struct backoff_wait *wait = &backoff->waits[i];
      shorter += wait->ms < backoff_longest_before_ms(wait->base_ms, 1) / 10 ? 1 : 0;
   }
   return shorter > 0 && backoff_tail(backoff->wait_count, shorter, 0.1) < ONCE_IN_A_MILLION;
}

static int
compare(const void *one, const void *other)
{
   double a = *(const double *)one, b = *(const double *)other;
   return (a > b) - (a < b);
}

/* The largest number of shares within a window of that width. shares is sorted. */
static size_t
densest(const double *shares, size_t count, double width)
{
   size_t most = 0;
   for (size_t first = 0, last = 0; last < count; last++) {
      while (shares[last] - shares[first] > width) {
         first++;
      }
      most = last - first + 1 > most ? last - first + 1 : most;
   }
   return most;
}

/* Whether more shares are close together than a uniform distribution explains. A window begins at one of them. */
static bool
is_crowded(const double *shares, size_t count)
{
   static const double widths[] = {0.1, 0.25, 0.5};
   for (size_t i = 0; i < sizeof widths / sizeof widths[0] && count > 1; i++) {
      size_t most = densest(shares, count, widths[i]);
      if ((double)count * backoff_tail(count - 1, most - 1, widths[i]) < ONCE_IN_TEN_MILLION) {
         return true;
      }
   }
   return false;
}

bool
backoff_lacks_jitter(const struct backoff *backoff)
{
   if (backoff->mixed) {
      return false;
   }
   double *shares = calloc(backoff->wait_count + 1, sizeof *shares);
   bool lacks = false;
   for (unsigned retry = 1; retry <= MAX_RETRIES_FIRST && shares != NULL && !lacks; retry++) {
      size_t count = 0;
      for (size_t i = 0; i < backoff->wait_count; i++) {
         const struct backoff_wait *wait = &backoff->waits[i];
         if (wait->retry == retry) {
            shares[count++] = wait->ms / backoff_longest_before_ms(wait->base_ms, retry);
         }
      }
      qsort(shares, count, sizeof *shares, compare);
      lacks = is_crowded(shares, count);
   }
   free(shares);
   return lacks;
}

/* By the specification, half of the second waits are longer than any first wait may be. */
bool
backoff_lacks_growth(const struct backoff *backoff)
{
   unsigned long count = 0, beyond = 0;
   for (size_t i = 0; i < backoff->wait_count; i++) {
      const struct backoff_wait *wait = &backoff->waits[i];
      double first_ms = backoff->version == BACKOFF_SECOND ? backoff_longest_ms(wait->base_ms, 1)
                                                           : backoff_longest_before_ms(wait->base_ms, 1);
      count += wait->retry == 2 ? 1 : 0;
      beyond += wait->retry == 2 && wait->ms > first_ms ? 1 : 0;
   }
   return count > 0 && backoff_tail(count, count - beyond, 0.5) < ONCE_IN_A_MILLION;
}

double
backoff_mean_ms(const struct backoff *backoff, unsigned retry)
{
   double sum = 0;
   size_t count = 0;
   for (size_t i = 0; i < backoff->wait_count; i++) {
      if (retry == 0 || backoff->waits[i].retry == retry) {
         sum += backoff->waits[i].ms;
         count++;
      }
   }
   return count == 0 ? -1 : sum / (double)count;
}

double
backoff_excess_ms(const struct backoff *backoff)
{
   double excess = 0;
   for (size_t i = 0; i < backoff->wait_count; i++) {
      const struct backoff_wait *wait = &backoff->waits[i];
      excess = fmax(excess, wait->ms - backoff_longest_ms(wait->base_ms, wait->retry));
   }
   return excess;
}

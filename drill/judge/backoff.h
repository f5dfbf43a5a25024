/*
 * backoff: what clients did after a server had shed their commands (SystemOverloadedError): whether they retried, how
 * long they waited before, and whether the waits follow the client-backpressure specification.
 */
#pragma once

#include "witness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the clients' hellos say about backpressure. */
enum backoff_version {
   BACKOFF_UNKNOWN, /* no such field: the client does not support it */
   BACKOFF_FIRST,   /* true: the specification until June 2026 */
   BACKOFF_SECOND,  /* "2" */
};

/* From an overload error to the next attempt at the same operation, or to the first connection of the new client that
 * makes it. */
struct backoff_wait {
   double ms;
   double base_ms; /* baseBackoffMS, or 100 */
   unsigned retry; /* from 1 */
   bool by_driver; /* it has the same transaction number; false also for an operation that has none */
};

struct backoff {
   enum backoff_version version; /* the oldest of all clients */
   char driver[100];             /* "PyMongo 4.20.1", of one of the clients */
   unsigned long shed;           /* commands answered with SystemOverloadedError */
   unsigned most_retries;        /* of one operation, by its driver */
   struct backoff_wait *waits;   /* the waits to judge: drivers' own if there are any, else all */
   size_t wait_count;
   bool by_driver; /* the waits are drivers' own */
   bool mixed;     /* some waits are from one environment's error to another's attempt: right only on average */
   unsigned long by_new_clients; /* attempts that a function made with a new client, judged or left out */
};

/* Reads the commands since since_us of that many environments. If there are several, and connections have no owner,
 * follows a function that makes a new client for each attempt only if it makes many. Returns false when out of memory.
 * Clear it in any case. */
bool backoff_init(struct backoff *backoff, const struct witness_facts *facts, int64_t since_us, size_t environments);
void backoff_clear(struct backoff *backoff);

/* How many retries the specification allows by default: MAX_RETRIES of that version. */
unsigned backoff_retries_allowed(enum backoff_version version);

/* The longest wait before a retry, without jitter: by the specification, and by the specification as it was until July
 * 2026. */
double backoff_longest_ms(double base_ms, unsigned retry);
double backoff_longest_before_ms(double base_ms, unsigned retry);

/* True if a client that follows the specification would have such waits less than once in a million storms (jitter:
 * once in ten million, because a busy machine delays several clients at once). Never true for a few waits. */
bool backoff_lacks_pause(const struct backoff *backoff);
bool backoff_lacks_jitter(const struct backoff *backoff);
bool backoff_lacks_growth(const struct backoff *backoff);

/* The mean of the waits before that retry, or of all waits (0). Below 0: there are none. */
double backoff_mean_ms(const struct backoff *backoff, unsigned retry);
/* How much the worst wait exceeded the specification's limit; 0: none did. */
double backoff_excess_ms(const struct backoff *backoff);

/* The fewest waits that can show that a client does not pause at all. */
#define BACKOFF_WAITS_NEEDED 7

/* The probability that at least `least` of `count` independent events happen, each with that probability. */
double backoff_tail(unsigned long count, unsigned long least, double probability);

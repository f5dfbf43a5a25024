/*
 * backoff: what clients did after a server had shed their commands (SystemOverloadedError): whether they tried again,
 * how long they waited before, and whether such waits can be those of the client-backpressure specification.
 */
#ifndef FAAS_DRILL_BACKOFF_H
#define FAAS_DRILL_BACKOFF_H

#include "witness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the hellos of the clients say that they know of backpressure. */
enum backoff_version {
   BACKOFF_UNKNOWN, /* no field, so nothing */
   BACKOFF_FIRST,   /* true: the specification until June 2026 */
   BACKOFF_SECOND,  /* "2" */
};

/* From an overload error to the next attempt at the same operation. */
struct backoff_wait {
   double ms;
   double base_ms; /* baseBackoffMS, or 100 */
   unsigned retry; /* from 1 */
   bool by_driver; /* the same transaction number; false: also an operation that has none */
};

struct backoff {
   enum backoff_version version; /* the oldest of all clients' */
   char driver[100];             /* "PyMongo 4.20.1", of one of them */
   unsigned long shed;           /* commands answered with SystemOverloadedError */
   unsigned long operations;     /* that were shed at least once */
   unsigned long recovered;      /* of those: a later attempt was admitted */
   unsigned long not_retried;    /* of those: shed once, and not tried again */
   unsigned most_retries;        /* of one operation, by its driver */
   struct backoff_wait *waits;   /* those of drivers where there are any, else all: what is judged */
   size_t wait_count;
   bool by_driver;             /* they are those of drivers */
   unsigned long by_functions; /* waits of functions that tried again after their driver, left out */
};

/* Of the commands that came from that moment on. False when out of memory. Clear it in any case. */
bool backoff_init(struct backoff *backoff, const struct witness_facts *facts, int64_t since_us);
void backoff_clear(struct backoff *backoff);

/* How many retries the specification allows by default: MAX_RETRIES of that version. */
unsigned backoff_retries_allowed(enum backoff_version version);

/* The longest wait before a retry, without jitter, and that of the specification as it was until July 2026. */
double backoff_longest_ms(double base_ms, unsigned retry);
double backoff_longest_before_ms(double base_ms, unsigned retry);

/* True for waits that a client that keeps to the specification would have less than once in a million storms (jitter:
 * once in ten million, as a busy machine delays several clients at once). A few waits are never enough. */
bool backoff_lacks_pause(const struct backoff *backoff);
bool backoff_lacks_jitter(const struct backoff *backoff);
bool backoff_lacks_growth(const struct backoff *backoff);

/* What there is to judge by: waits; mean of them with that number of retry, or of all (0); below 0: none. */
double backoff_mean_ms(const struct backoff *backoff, unsigned retry);
/* The longest wait beyond what the specification has at most; 0: none. */
double backoff_excess_ms(const struct backoff *backoff);

/* As few waits as show that a client does not pause at all. */
#define BACKOFF_WAITS_NEEDED 7

/* That at least `least` of `count` independent events happen, each with that probability. */
double backoff_tail(unsigned long count, unsigned long least, double probability);

#endif

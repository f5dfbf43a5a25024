/*
 * timeline: everything that happened in a drill, on one time axis. The host, the front and the phases write it from
 * several threads at once. The results read it when all of these have stopped.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum timeline_kind {
   TIMELINE_PHASE,      /* lane "phase" */
   TIMELINE_INIT,       /* of a function: exec to its first call for an event */
   TIMELINE_INVOCATION, /* event handed out to answer taken */
   TIMELINE_FREEZE,     /* suspended */
   TIMELINE_HEARTBEAT,  /* the driver's, as the front saw it; without a front, as the reports say */
   TIMELINE_COMMAND,    /* the driver's, as the front saw it; without a front, as the reports say */
   TIMELINE_CONNECTION, /* from open to close, as the front saw it; without a front, as the reports say */
   TIMELINE_SERVER,     /* failover, member killed, started, frozen; outage command */
   TIMELINE_FAULT,      /* set at the front, until it was used up */
};

/* instance -1: no function's. end_us == start_us: a moment. end_us < 0: not over yet. Times are those of
 * clock_now_us(). */
struct timeline_entry {
   enum timeline_kind kind;
   int instance; /* number of the execution environment, from 0 */
   int lane;     /* of an invocation: its number among those that are open at once in the instance, from 0 */
   bool bad;     /* to be shown as a failure */
   int64_t start_us;
   int64_t end_us;
   char label[64];   /* "insert", "127.0.0.1:40001", "frozen" */
   char detail[192]; /* one more line; may be empty */
};

struct timeline;

/* timeline_new returns NULL when out of memory. timeline_destroy accepts NULL. */
struct timeline *timeline_new(void);
void timeline_destroy(struct timeline *timeline);

/* When the timeline was made: the 0 of every axis that is shown. */
int64_t timeline_origin_us(const struct timeline *timeline);

/* Copies entry. Returns a number for timeline_end, or SIZE_MAX when the entry was not kept: out of memory, or there are
 * 1,000,000 already. timeline may be NULL; nothing is kept then. Thread-safe. */
size_t timeline_add(struct timeline *timeline, const struct timeline_entry *entry);

/* Adds an entry that starts now and is not over yet. detail is printf-like. */
size_t timeline_begin(
   struct timeline *timeline, enum timeline_kind kind, int instance, const char *label, const char *detail, ...)
   __attribute__((format(printf, 5, 6)));

/* Adds a moment, now, of no instance. */
void timeline_moment(
   struct timeline *timeline, enum timeline_kind kind, bool bad, const char *label, const char *detail, ...)
   __attribute__((format(printf, 5, 6)));

/* Ends the entry of that number now. A detail of NULL leaves the entry's own. Does nothing when there is no such entry.
 */
void timeline_end(struct timeline *timeline, size_t number, bool bad, const char *detail);

/* Copies the entries in the order in which they were added; free() the result. Sets *count. Returns NULL when there are
 * none, or when out of memory. */
struct timeline_entry *timeline_copy(struct timeline *timeline, size_t *count);

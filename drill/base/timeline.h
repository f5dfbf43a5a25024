/*
 * timeline: everything that happened in a drill, on one time axis. Written by the host, the front and the phases from
 * several threads at once; read by the results when all of them have stopped, or a copy of it by the live view
 * meanwhile.
 */
#ifndef FAAS_DRILL_TIMELINE_H
#define FAAS_DRILL_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum timeline_kind {
   TIMELINE_PHASE,      /* lane "phase" */
   TIMELINE_INIT,       /* of a function: exec to its first call for an event */
   TIMELINE_INVOCATION, /* event handed out to answer taken */
   TIMELINE_FREEZE,     /* suspended */
   TIMELINE_HEARTBEAT,  /* the driver's, from the reports */
   TIMELINE_COMMAND,    /* the driver's, from the reports */
   TIMELINE_CONNECTION, /* life of one, as the server saw it; without a front as the reports have it */
   TIMELINE_SERVER,     /* failover, member killed, started, frozen; outage command */
   TIMELINE_FAULT,      /* one told to the front, from when it was set to when it was used up */
};

/* -1 as instance: of no function. end_us == start_us: a moment. end_us < 0: not over yet. Times are of clock_now_us().
 */
struct timeline_entry {
   enum timeline_kind kind;
   int instance; /* number of the execution environment, from 0 */
   int lane;     /* of an invocation: which of those that are open at once in it, from 0 */
   bool bad;     /* to be shown as a failure */
   int64_t start_us;
   int64_t end_us;
   char label[64];   /* "insert", "127.0.0.1:40001", "frozen" */
   char detail[192]; /* one line more, may be empty */
};

struct timeline;

/* NULL when out of memory. destroy takes NULL. */
struct timeline *timeline_new(void);
void timeline_destroy(struct timeline *timeline);

/* When it was made: 0 of every axis that is shown. */
int64_t timeline_origin_us(const struct timeline *timeline);

/* Copies entry. Returns a number for timeline_end, or SIZE_MAX when the entry was not kept: no memory, or more than
 * 1,000,000. timeline may be NULL: then nothing is kept. Any thread. */
size_t timeline_add(struct timeline *timeline, const struct timeline_entry *entry);

/* The same of parts, starting now and not over yet; detail is printf-like. */
size_t timeline_begin(
   struct timeline *timeline, enum timeline_kind kind, int instance, const char *label, const char *detail, ...)
   __attribute__((format(printf, 5, 6)));

/* A moment, now. */
void timeline_moment(struct timeline *timeline,
                     enum timeline_kind kind,
                     int instance,
                     bool bad,
                     const char *label,
                     const char *detail,
                     ...) __attribute__((format(printf, 6, 7)));

/* Now is its end. detail may be NULL: left as it is. A number that is none does nothing. */
void timeline_end(struct timeline *timeline, size_t number, bool bad, const char *detail);

/* A copy of all entries from number first on, in order of their beginning to be told; free() it. *count is set. NULL
 * when there are none or when out of memory. */
struct timeline_entry *timeline_copy(struct timeline *timeline, size_t first, size_t *count);

#endif

/*
 * capacity: what this machine, and the limits of this process, leave for a drill, and what functions at once need of
 * it.
 */
#ifndef FAAS_DRILL_CAPACITY_H
#define FAAS_DRILL_CAPACITY_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* CAPACITY_UNKNOWN: cannot be read, so it is no limit. */
#define CAPACITY_UNKNOWN UINT64_MAX

struct capacity {
   uint64_t descriptors;     /* this process may have */
   uint64_t processes;       /* and threads that may still be started */
   char processes_limit[96]; /* what limits those: "ulimit -u, now 1024" */
   uint64_t memory_bytes;    /* available */
   char memory_limit[96];    /* what limits that: "the machine's memory" */
   uint64_t ports;           /* for connections from here to one address and port */
   uint64_t temporary_bytes; /* free where temporary files go */
   uint64_t output_bytes;    /* free where the results go */
   const char *temporary;    /* folders */
   const char *output;       /* NULL: not asked */
};

/* Takes some milliseconds. output: a folder that is there, or NULL. */
void capacity_read(struct capacity *capacity, const char *output);

/* What each of so many functions needs. 0: the fewest that any function needs. */
struct demand {
   size_t functions;
   uint64_t memory_bytes;
   unsigned threads;
   unsigned connections;
};

/* Of a function whose process is there: its own memory, which it shares with nobody, and its threads. */
void demand_measure(struct demand *demand, pid_t process);

/* False with error set, which says what is missing and what to do. */
bool capacity_suffices(const struct capacity *capacity, const struct demand *demand, struct drill_error *error);

/* Both: 0, or -1 with error set. */
int capacity_expect(const struct demand *demand, const char *output, struct drill_error *error);

#endif

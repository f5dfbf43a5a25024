/*
 * capacity: what this machine and the limits of this process leave for a drill, and whether that is enough for
 * functions that run at once.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* CAPACITY_UNKNOWN: there is no limit, or it cannot be read. */
#define CAPACITY_UNKNOWN UINT64_MAX

struct capacity {
   uint64_t descriptors;     /* that this process may have open */
   uint64_t processes;       /* processes and threads that may still be started */
   char processes_limit[96]; /* what limits those: "ulimit -u, now 1024" */
   uint64_t memory_bytes;    /* available */
   char memory_limit[96];    /* what limits that: "the machine's memory" */
   uint64_t ports;           /* local ports for connections to one address and port */
   uint64_t temporary_bytes; /* free where temporary files go */
   uint64_t output_bytes;    /* free where the results go */
   const char *temporary;    /* the folder for temporary files */
   const char *output;       /* the folder for results; NULL: not checked */
};

/* Takes a few milliseconds. output: an existing folder, or NULL. */
void capacity_read(struct capacity *capacity, const char *output);

/* How many functions run at once, and what each of them needs. 0: the least that any function needs. */
struct demand {
   size_t functions;
   uint64_t memory_bytes;
   unsigned threads;
   unsigned connections;
};

/* Measures a running function's process: the memory that it shares with no other process, and its threads. 0: not
 * known. */
void demand_measure(struct demand *demand, pid_t process);

/* Returns false with error set, which says what is missing and what to do. */
bool capacity_suffices(const struct capacity *capacity, const struct demand *demand, struct drill_error *error);

/* Reads the capacity and compares it with the demand. Returns 0, or -1 with error set. */
int capacity_expect(const struct demand *demand, const char *output, struct drill_error *error);

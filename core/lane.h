/*
 * lane: one of the invocations that may be open at once, as the thread that runs its scenario knows it.
 *
 * The driver's callbacks and the interposed calls have no parameter that could say for whom they are: they ask for the
 * lane of the calling thread. Threads of the driver's own have none.
 */
#ifndef FAAS_CORE_LANE_H
#define FAAS_CORE_LANE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define LANES_MAX 64

struct lane {
   unsigned number;                   /* from 0 */
   _Atomic(uint64_t) turn;            /* of what its thread runs now, no two alike in the process */
   _Atomic(int64_t) deadline_unix_us; /* CLOCK_REALTIME; INT64_MAX: none */
   atomic_bool sleeps;                /* its thread is in usleep: a single-threaded client between two looks */
   bool write_sent;                   /* an insert or delete was started; its own thread only, as the next one */
   int64_t acknowledged;              /* n of the newest reply to one; -1: none came, or it has no n */
};

void lane_init(struct lane *lane, unsigned number);

/* The calling thread runs the scenarios of this lane from now on; lane must outlive the thread. */
void lane_enter(struct lane *lane);

/* NULL: the calling thread has none. */
struct lane *lane_current(void);

/* Of the calling thread; 0, the first lane's, when it has none. */
unsigned lane_current_number(void);

/* Before its thread is given something to run. */
void lane_begin_turn(struct lane *lane);

/* Before an insert or delete: forget the one before. */
void lane_forget_write(struct lane *lane);

#endif

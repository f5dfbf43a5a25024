/*
 * lane: one of the invocations that may be open at once, as seen by the thread that runs its scenario.
 *
 * The driver's callbacks and the interposed calls have no parameter to say which invocation they belong to, so they ask
 * for the lane of the calling thread. The driver's own threads have none.
 */
#ifndef FAAS_CORE_LANE_H
#define FAAS_CORE_LANE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define LANES_MAX 64

struct lane {
   unsigned number;                   /* from 0 */
   _Atomic(uint64_t) turn;            /* identifies what its thread runs now; unique in the process */
   _Atomic(int64_t) deadline_unix_us; /* CLOCK_REALTIME; INT64_MAX: none */
   atomic_bool sleeps;                /* in usleep: a single-threaded client between two checks of its servers */
   bool write_sent;                   /* an insert or delete was started; its own thread only, as the next field */
   int64_t acknowledged;              /* n of the newest reply to an insert or delete; -1: no reply, or no n in it */
};

void lane_init(struct lane *lane, unsigned number);

/* From now on the calling thread runs the scenarios of this lane, which must outlive the thread. */
void lane_enter(struct lane *lane);

/* The calling thread's lane; NULL if it has none. */
struct lane *lane_current(void);

/* The number of the calling thread's lane; 0, the number of the first lane, if it has none. */
unsigned lane_current_number(void);

/* Call before the lane's thread is given something to run. */
void lane_begin_turn(struct lane *lane);

/* Call before an insert or delete: forgets the previous one. */
void lane_forget_write(struct lane *lane);

#endif

/*
 * clock: the one clock of a drill, and waiting by it.
 */
#ifndef FAAS_DRILL_CLOCK_H
#define FAAS_DRILL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in microseconds. */
int64_t clock_now_us(void);

/* A moment of that clock, as pthread_cond_timedwait and the like want it. */
struct timespec clock_timespec(int64_t at_us);

/* Or until a signal comes. */
void clock_sleep_us(int64_t microseconds);

/* Milliseconds since 1970, UTC. */
int64_t clock_wall_ms(void);

#endif

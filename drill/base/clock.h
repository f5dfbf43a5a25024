/*
 * clock: the one clock of a drill, and sleeping by it.
 */
#pragma once

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in microseconds. */
int64_t clock_now_us(void);

/* A time of that clock, in the form that pthread_cond_timedwait and the like take. */
struct timespec clock_timespec(int64_t at_us);

/* Initialises a condition whose timed waits end by that clock. */
void clock_condition_init(pthread_cond_t *condition);

/* The time until then, as poll and the like take it: at most a minute; -1, for ever, if it is INT64_MAX. */
int clock_timeout_ms(int64_t at_us);

/* Sleeps that long, or until a signal comes. */
void clock_sleep_us(int64_t microseconds);

/* Milliseconds since 1970, UTC. */
int64_t clock_wall_ms(void);

#define CLOCK_RFC3339 48
/* Writes such a time as 2026-11-30T20:15:00.123Z. */
void clock_rfc3339(char text[CLOCK_RFC3339], int64_t wall_ms);

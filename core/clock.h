/*
 * clock: the time, in microseconds.
 */
#ifndef FAAS_CORE_CLOCK_H
#define FAAS_CORE_CLOCK_H

#include <stdint.h>

/* Steady, for durations. Does not count time while the machine was suspended. */
int64_t clock_monotonic_us(void);

/* Steady, and counts time while the machine was suspended: how much time passed outside while a function was frozen. */
int64_t clock_boottime_us(void);

/* Since the Unix epoch. */
int64_t clock_unix_us(void);

#endif

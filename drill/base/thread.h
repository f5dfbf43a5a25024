/*
 * thread: starts threads that leave signals to the program's own, and wakes one that polls by an eventfd.
 */
#pragma once

#include <pthread.h>

/* Starts run(owner) with all signals blocked. Returns 0, or an error number. */
int thread_start(pthread_t *thread, void *(*run)(void *owner), void *owner);

/* Makes descriptor readable. Thread-safe. */
void wakeup_send(int descriptor);

/* Makes a non-blocking descriptor unreadable again. */
void wakeup_clear(int descriptor);

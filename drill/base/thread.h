/*
 * thread: starts threads that leave signals to the program's own.
 */
#pragma once

#include <pthread.h>

/* Starts run(owner) with all signals blocked. Returns 0, or an error number. */
int thread_start(pthread_t *thread, void *(*run)(void *owner), void *owner);

/*
 * interruption: SIGINT, SIGTERM and SIGHUP end a drill cleanly: waits are woken, and the normal exit path cleans up.
 */
#pragma once

#include "environment.h"

#include <stdbool.h>
#include <stdint.h>

struct interruption;

/* Blocks the signals in this thread, and so in all threads started later, and waits for them in a thread of its own.
 * Returns NULL on failure. */
struct interruption *interruption_new(void);
void interruption_destroy(struct interruption *interruption);

/* The signal that came, or 0. Thread-safe. */
int interruption_signal(struct interruption *interruption);

/* Waits until until_us. Returns false as soon as a signal comes. */
bool interruption_wait_until(struct interruption *interruption, int64_t until_us);

/* Registers an environment whose invocation a signal must end. Returns false if there is no room, or a signal has
 * already come. */
bool interruption_add(struct interruption *interruption, struct environment *environment);
void interruption_remove(struct interruption *interruption, struct environment *environment);

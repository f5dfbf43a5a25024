/*
 * interruption: SIGINT, SIGTERM and SIGHUP end a drill in order: whoever waits is woken, and everything is cleaned up
 * by the ordinary way out.
 */
#ifndef FAAS_DRILL_INTERRUPTION_H
#define FAAS_DRILL_INTERRUPTION_H

#include "environment.h"

#include <stdbool.h>
#include <stdint.h>

struct interruption;

/* Blocks the signals in this thread, and so in all started later, and waits for them in one of its own. NULL when that
 * fails. */
struct interruption *interruption_new(void);
void interruption_destroy(struct interruption *interruption);

/* The signal that came, or 0. Any thread. */
int interruption_signal(struct interruption *interruption);

/* Waits; false, at once, when a signal came. */
bool interruption_wait_until(struct interruption *interruption, int64_t until_us);

/* Environments whose invocations a signal is to end. False: no room, or a signal came already. */
bool interruption_add(struct interruption *interruption, struct environment *environment);
void interruption_remove(struct interruption *interruption, struct environment *environment);

#endif

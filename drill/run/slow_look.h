/*
 * slow_look: what the front saw of one invocation with a slow member. Stands on witness, front.
 */
#ifndef FAAS_DRILL_SLOW_LOOK_H
#define FAAS_DRILL_SLOW_LOOK_H

#include "front.h"
#include "slow_verdict.h"
#include "witness.h"

#include <stdint.h>

/* From its event, or the start of its process, to its end. Times are of clock_now_us(). */
struct slow_window {
   int64_t start_us;
   int64_t end_us;
   bool cold;
   int64_t event_us;
   bool timed_out; /* what ends with it was not given up by the client */
};

/* What is given up first, of each kind. */
void
slow_look_given_up(struct slow_given_up *given_up, const struct witness_facts *facts, const struct slow_window *window);

/* How long it took: a warm one from its event, a cold one from its first connection, as how long an interpreter takes
 * to start says nothing of members. */
double slow_look_took_ms(const struct witness_facts *facts, const struct slow_window *window);

/* Messages that came to a member, hellos and authentication too. */
unsigned slow_look_messages(const struct witness_facts *facts, unsigned member, const struct slow_window *window);

/* Of those, reads and writes. */
unsigned slow_look_commands(const struct witness_facts *facts, unsigned member, const struct slow_window *window);

/* Since then. */
void slow_look_written(struct slow_written *written, const struct front_write *writes, size_t count, int64_t since_us);

#endif

/*
 * slow_look: what the front saw of one invocation with a slow member.
 */
#pragma once

#include "front.h"
#include "slow_verdict.h"
#include "witness.h"

#include <stdint.h>

/* From the event, or the start of the process, to the end of the invocation. Times are from clock_now_us(). */
struct slow_window {
   int64_t start_us;
   int64_t end_us;
   bool cold;
   int64_t event_us;
   bool timed_out; /* the process was ended, so the client did not give up what ended with it */
};

/* Finds the first message of each kind that the client gave up. */
void
slow_look_given_up(struct slow_given_up *given_up, const struct witness_facts *facts, const struct slow_window *window);

/* How long the invocation took: a warm one from its event, a cold one from its first connection, because an
 * interpreter's start says nothing about members. */
double slow_look_took_ms(const struct witness_facts *facts, const struct slow_window *window);

/* Counts the messages to a member, including hellos and authentication. */
unsigned slow_look_messages(const struct witness_facts *facts, unsigned member, const struct slow_window *window);

/* Counts only reads and writes among them. */
unsigned slow_look_commands(const struct witness_facts *facts, unsigned member, const struct slow_window *window);

/* Fills in what was written since since_us. */
void
slow_look_written(struct slow_written *written, const struct witness_write *writes, size_t count, int64_t since_us);

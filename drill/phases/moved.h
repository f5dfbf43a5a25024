/*
 * moved: shared by the variants of phase moved: the move, the count of what came to one address, and the variant in
 * which no old address answers.
 */
#pragma once

#include "drill.h"
#include "witness.h"

#include <stddef.h>
#include <stdint.h>

#define MOVED_TIME_MAX 24

/* Formats a time: "9 ms", "5.0 s". */
void moved_time(char text[MOVED_TIME_MAX], double ms);

/* The invocation that makes a function know the old addresses. */
#define MOVED_BEFORE "moved, before"

/* Moves all members while the function is suspended. kept: see front_move. */
int moved_move(struct drill *drill, int kept, struct drill_error *error);

/* What came to one address of the emulated set. */
struct moved_traffic {
   unsigned connections; /* opened */
   unsigned hellos;      /* on all connections, including older ones */
   unsigned commands;
   unsigned refused; /* connection attempts */
};

/* Adds what began at or after since_us. */
void
moved_traffic_add(struct moved_traffic *traffic, const struct witness_facts *facts, uint16_t port, int64_t since_us);

/* Tests a function when no old address answers, then a new process. Appends the outcome to did. Returns -1 with error
 * set. */
int moved_all_down(struct drill *drill, char *did, size_t size, struct drill_error *error);

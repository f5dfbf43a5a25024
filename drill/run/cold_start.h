/*
 * cold_start: a cold start taken apart, from what the front saw: where the time goes until the first operation is done,
 * and how many round trips it waits for. Stands on witness.
 */
#ifndef FAAS_DRILL_COLD_START_H
#define FAAS_DRILL_COLD_START_H

#include "witness.h"

/* One after the other; each lasts until the next. Milliseconds. */
enum cold_start_part {
   COLD_START_PROCESS,        /* from its start to the first connection */
   COLD_START_DISCOVERY,      /* on another connection than the command's: until that is made */
   COLD_START_TCP,            /* as the front gives it: a round trip */
   COLD_START_TLS,            /* until the hello came */
   COLD_START_HELLO,          /* until authentication, or the command came */
   COLD_START_AUTHENTICATION, /* until the command came; the first message may have come with the hello */
   COLD_START_OPERATION,      /* until its answer was there */
   COLD_START_REST,           /* until the function had answered */
   COLD_START_PARTS
};

struct cold_start {
   double ms[COLD_START_PARTS];
   double total_ms;
   unsigned round_trips; /* one after the other */
   unsigned connections; /* made by then */
};

struct cold_start_window {
   int64_t start_us;  /* of the process */
   int64_t end_us;    /* the function answered */
   size_t connection; /* the first of its connections, of the facts */
   size_t command;    /* and commands */
   int64_t round_trip_us;
};

/* False when no command came. */
bool
cold_start_look(struct cold_start *cold, const struct witness_facts *facts, const struct cold_start_window *window);

/* "812 ms: process 180, discovery 62, …; 9 round trips, 4 connections" */
void cold_start_tell(const struct cold_start *cold, char *text, size_t size);

#endif

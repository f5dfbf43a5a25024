/*
 * cold_starts: a cold start taken apart: the parts of its time, in order, and their names.
 */
#ifndef FAAS_DRILL_COLD_STARTS_H
#define FAAS_DRILL_COLD_STARTS_H

#include <stdbool.h>
#include <stddef.h>

enum cold_start_part {
   COLD_START_PROCESS,        /* from the start of the process to its first query or connection */
   COLD_START_DNS,            /* until the first connection, plus name lookups after that */
   COLD_START_DISCOVERY,      /* until the command's connection is made, if that is not the first one */
   COLD_START_TCP,            /* as the front simulates it: one round trip */
   COLD_START_TLS,            /* until the hello came */
   COLD_START_HELLO,          /* until authentication begins, or the command comes */
   COLD_START_AUTHENTICATION, /* until the command came; its first message may have come with the hello */
   COLD_START_OPERATION,      /* until the answer to the command */
   COLD_START_REST,           /* until the function had answered */
   COLD_START_PARTS
};

/* "first operation"; in JSON: "operationMs" */
const char *cold_start_part_name(enum cold_start_part part);
const char *cold_start_part_key(enum cold_start_part part);

/* The quickest cold start with one setting. Durations are milliseconds. */
struct drill_cold_start {
   size_t phase;
   char setting[64]; /* "as given", "minPoolSize=1" */
   bool tried;       /* false: reason says why not, and the rest is meaningless */
   char reason[256]; /* also why a cold start failed; empty if none did */
   unsigned times;   /* how many cold starts were taken apart */
   double round_trip_ms;
   double ms[COLD_START_PARTS];
   double total_ms;
   unsigned round_trips; /* that follow one another */
   unsigned connections; /* made until the function answered */
   unsigned lookups;     /* names looked up until then */
};

#endif

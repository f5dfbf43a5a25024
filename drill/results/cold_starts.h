/*
 * cold_starts: a cold start as it was taken apart: the parts of its time, one after the other, and their names.
 */
#ifndef FAAS_DRILL_COLD_STARTS_H
#define FAAS_DRILL_COLD_STARTS_H

#include <stdbool.h>
#include <stddef.h>

enum cold_start_part {
   COLD_START_PROCESS,        /* from its start to the first query or connection */
   COLD_START_DNS,            /* until the first connection, and waits for names after that */
   COLD_START_DISCOVERY,      /* on another connection than the command's: until that is made */
   COLD_START_TCP,            /* as the front gives it: a round trip */
   COLD_START_TLS,            /* until the hello came */
   COLD_START_HELLO,          /* until authentication, or the command came */
   COLD_START_AUTHENTICATION, /* until the command came; the first message may have come with the hello */
   COLD_START_OPERATION,      /* until its answer was there */
   COLD_START_REST,           /* until the function had answered */
   COLD_START_PARTS
};

/* "first operation"; of JSON: "operationMs" */
const char *cold_start_part_name(enum cold_start_part part);
const char *cold_start_part_key(enum cold_start_part part);

/* The quickest of those with one setting. Durations are milliseconds. */
struct drill_cold_start {
   size_t phase;
   char setting[64]; /* "as given", "minPoolSize=1" */
   bool tried;       /* false: reason says why not, and the rest means nothing */
   char reason[256]; /* also of one that failed; empty: none */
   unsigned times;   /* how many were taken apart */
   double round_trip_ms;
   double ms[COLD_START_PARTS];
   double total_ms;
   unsigned round_trips; /* one after the other */
   unsigned connections; /* made by the end */
   unsigned lookups;     /* names looked up by then */
};

#endif

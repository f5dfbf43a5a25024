/*
 * service_watch: what ends a wait for a function before it answers.
 */
#ifndef FAAS_DRILL_SERVICE_WATCH_H
#define FAAS_DRILL_SERVICE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum service_end {
   SERVICE_ANSWERED,
   SERVICE_BROKEN, /* no answer will come: the connection ended, or was refused */
   SERVICE_ENDED,  /* the process did */
   SERVICE_LATE,
   SERVICE_OUT_OF_MEMORY,
   SERVICE_INTERRUPTED,
   SERVICE_NO_MEMORY, /* of the host's own */
};

struct service_watch {
   int process;   /* readable once it has ended */
   int interrupt; /* readable once somebody wants to go */
   int64_t until_us;
   bool (*out_of_memory)(void *argument);
   void *argument;
   char why[200]; /* of SERVICE_BROKEN, for people */
};

/* True when the wait is over; *end says why. */
bool service_watch_look(const struct service_watch *watch, enum service_end *end);

/* How long to wait until the next look. */
int service_watch_left_ms(const struct service_watch *watch);

/* Waits so long, or until something has happened: to descriptor, too, where that is not -1. */
void service_watch_wait(const struct service_watch *watch, int descriptor, short events);

#endif

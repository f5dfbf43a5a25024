/*
 * service_watch: what ends a wait for a function before it answers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum service_end {
   SERVICE_ANSWERED,
   SERVICE_BROKEN, /* no answer will come: the connection ended, or was refused */
   SERVICE_ENDED,  /* the process ended */
   SERVICE_LATE,
   SERVICE_OUT_OF_MEMORY,
   SERVICE_INTERRUPTED,
   SERVICE_NO_MEMORY, /* the host itself is out of memory */
};

struct service_watch {
   int process;   /* readable once the process has ended */
   int interrupt; /* readable once somebody interrupts the wait */
   int64_t until_us;
   bool (*out_of_memory)(void *argument);
   void *argument;
   char why[200]; /* for people: the reason for SERVICE_BROKEN */
};

/* Returns true when the wait is over, and sets *end to why. */
bool service_watch_look(const struct service_watch *watch, enum service_end *end);

/* Milliseconds to wait before the next look. */
int service_watch_left_ms(const struct service_watch *watch);

/* Waits that long, or until something happens, also on descriptor, unless that is -1. */
void service_watch_wait(const struct service_watch *watch, int descriptor, short events);

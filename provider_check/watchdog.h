/*
 * watchdog: asks the provider to stop when its next has been silent for long enough.
 */
#ifndef FAAS_CHECK_WATCHDOG_H
#define FAAS_CHECK_WATCHDOG_H

#include "scripted_host.h"

#include <pthread.h>
#include <semaphore.h>

struct watchdog {
   struct scripted_host *host;
   unsigned wait_ms;
   bool running;
   pthread_t thread;
   sem_t done;
};

/* The watchdog must not move until watchdog_join. */
void watchdog_start(struct watchdog *watchdog, struct scripted_host *host, unsigned wait_ms);
void watchdog_join(struct watchdog *watchdog);

#endif

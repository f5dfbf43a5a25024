/*
 * scripted_host: the services that the harness gives a provider, here with checks of how they are used, and failing on
 * request.
 */
#ifndef FAAS_CHECK_SCRIPTED_HOST_H
#define FAAS_CHECK_SCRIPTED_HOST_H

#include "record.h"
#include "settings.h"

#include "faas_harness/provider.h"

#include <pthread.h>
#include <stdatomic.h>

enum { HOST_BLOCKS_MAX = 65536 };

struct scripted_host {
   struct faas_host services;
   struct faas_host as_given; /* a copy, to detect changes */
   struct record *record;
   const struct settings *settings;
   const struct faas_provider *provider;
   const char *odd_option; /* the option with odd_value in place of its own; NULL: none */
   const char *odd_value;
   atomic_bool stop;
   int stop_descriptor;
   atomic_bool closed;
   pthread_mutex_t lock; /* guards everything below */
   unsigned calls;       /* to allocate */
   unsigned failing;     /* the call to allocate that fails, from 1; 0: none */
   unsigned block_count;
   void *blocks[HOST_BLOCKS_MAX];
};

/* Returns NULL when out of memory or descriptors. */
struct scripted_host *
scripted_host_new(struct record *record, const struct settings *settings, const struct faas_provider *provider);
void scripted_host_destroy(struct scripted_host *host);

void scripted_host_request_stop(struct scripted_host *host);

/* Call after close, or a failed open: from now on nothing of the host may be used. Judges RULE_HOST, RULE_BOUNDS and
 * RULE_MEMORY. */
void scripted_host_end(struct scripted_host *host);

/* Between these two calls the thread is in format_log, where it must not log. */
void scripted_host_enter_format_log(void);
void scripted_host_leave_format_log(void);

#endif

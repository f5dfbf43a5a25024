/*
 * scripted_host: the services of the harness, as a provider gets them, which watch how they are used and fail on
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
   struct faas_host as_given; /* a copy, to see changes by */
   struct record *record;
   const struct settings *settings;
   const struct faas_provider *provider;
   const char *odd_option; /* NULL: none; has odd_value in place of its own */
   const char *odd_value;
   atomic_bool stop;
   int stop_descriptor;
   atomic_bool closed;
   pthread_mutex_t lock; /* of all below */
   unsigned calls;       /* of allocate */
   unsigned failing;     /* the call of allocate that finds no memory, from 1; 0: none */
   unsigned block_count;
   void *blocks[HOST_BLOCKS_MAX];
};

/* NULL without memory or descriptors. */
struct scripted_host *
scripted_host_new(struct record *record, const struct settings *settings, const struct faas_provider *provider);
void scripted_host_destroy(struct scripted_host *host);

void scripted_host_request_stop(struct scripted_host *host);

/* After close, or a failed open: nothing of the host may be used any more. Judges RULE_HOST, and RULE_MEMORY. */
void scripted_host_end(struct scripted_host *host);

/* While a thread is in format_log, it must not log. */
void scripted_host_enter_format_log(void);
void scripted_host_leave_format_log(void);

#endif

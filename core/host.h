/*
 * host: the services a provider gets from the core.
 */
#ifndef FAAS_CORE_HOST_H
#define FAAS_CORE_HOST_H

#include "faas_harness/provider.h"
#include "options.h"
#include "snapshot.h"

/* Behind the struct that the provider sees. */
struct host {
   struct faas_host services;
   const struct faas_provider *provider; /* not owned */
   const struct options *options;        /* not owned */
   struct snapshot snapshot;
};

/* Nothing to clear: a host owns nothing. It must not move once services was handed out. */
void host_init(struct host *host, const struct faas_provider *provider, const struct options *options);

/* Whether the provider has every option that the user gave. */
bool host_check_options(const struct host *host, struct faas_error *error);

#endif

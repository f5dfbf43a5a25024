/*
 * host: the services that the core offers a provider.
 */
#ifndef FAAS_CORE_HOST_H
#define FAAS_CORE_HOST_H

#include "faas_harness/provider.h"
#include "options.h"
#include "snapshot.h"

/* The host, behind the struct that the provider sees. */
struct host {
   struct faas_host services;
   const struct faas_provider *provider; /* not owned */
   const struct options *options;        /* not owned */
   struct snapshot snapshot;
};

/* A host owns nothing, so there is nothing to clear. It must not move once its services were handed out. */
void host_init(struct host *host, const struct faas_provider *provider, const struct options *options);

/* Whether the provider has every option that the user gave. */
bool host_check_options(const struct host *host, struct faas_error *error);

#endif

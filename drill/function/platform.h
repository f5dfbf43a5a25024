/*
 * platform: a FaaS platform as the drill knows it: its names and limits, what it does to an idle function, and how to
 * run one of its environments. Each is described in a file of its own; host/platforms.c lists them.
 */
#ifndef FAAS_DRILL_PLATFORM_H
#define FAAS_DRILL_PLATFORM_H

#include "function.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What becomes of a process between its invocations. */
enum platform_idle {
   PLATFORM_FREEZES,   /* it is suspended */
   PLATFORM_THROTTLES, /* it has next to no CPU */
   PLATFORM_RUNS_ON,
};

/* How an environment is run. Threads, ownership and errors are as in environment.h, which calls these with results that
 * have their instance, and of an invocation its request id; it clears that of an invoke that returns -1. */
struct platform_host {
   void *(*create)(const struct function_config *config, int instance, struct drill_error *error);
   void (*destroy)(void *self); /* takes NULL */
   int (*invoke)(void *self,
                 const char *event,
                 size_t length,
                 const struct invoker_context *context,
                 struct invocation_result *result,
                 struct drill_error *error);
   unsigned (*await_workers)(void *self, unsigned count, int64_t until_us);
   void (*interrupt)(void *self);
   pid_t (*process)(void *self);
   int (*initialise)(void *self, struct invocation_result *result, struct drill_error *error);
   /* Of SnapStart; all NULL where a platform takes no snapshots. */
   int (*take_snapshot)(void *self, bool *restorable, struct invocation_result *result, struct drill_error *error);
   bool (*knows_snapshot)(const void *self);
   bool (*snapshot_has)(const void *self, const uint8_t *bytes, size_t length);
};

struct service_kind; /* service/service_kind.h */

struct platform {
   const char *name;       /* of --platform: "cloud-run" */
   const char *title;      /* "Google Cloud Run" */
   const char *client_env; /* what a driver calls it (MongoDB Handshake, "client.env.name"); "": it has no name there */
   enum platform_idle idle;
   unsigned concurrency_max;     /* invocations that a process may have at once */
   unsigned concurrency_default; /* in the drill */
   unsigned memory_mb;           /* the platform's own default */
   const char *contract;         /* "the Runtime API" */
   const char *idle_words;       /* "Azure Functions does not freeze an idle process" */
   const struct platform_host *host;
   const struct service_kind *service; /* NULL: Lambda's */
};

#endif

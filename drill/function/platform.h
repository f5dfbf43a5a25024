/*
 * platform: describes a FaaS platform: its names and limits, what it does to an idle function, and how to run its
 * environments. Each platform has a file of its own; host/platforms.c lists them.
 */
#pragma once

#include "function.h"
#include "memory_copy.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What happens to a process between its invocations. */
enum platform_idle {
   PLATFORM_FREEZES,   /* it is suspended */
   PLATFORM_THROTTLES, /* it gets next to no CPU */
   PLATFORM_RUNS_ON,
};

/* How to run an environment. Threads, ownership and errors are as in environment.h, which calls these functions. It
 * passes results with their instance set, and for an invocation the request id, and clears the result of an invoke that
 * returns -1. */
struct platform_host {
   void *(*create)(const struct function_config *config, int instance, struct drill_error *error);
   void (*destroy)(void *self); /* allows NULL */
   int (*invoke)(void *self,
                 const struct invoker_event *event,
                 struct invocation_result *result,
                 struct drill_error *error);
   /* NULL: a process takes any number of events at once, as a server does. */
   unsigned (*await_workers)(void *self, unsigned count, int64_t until_us);
   void (*interrupt)(void *self);
   pid_t (*process)(void *self);
   int (*initialise)(void *self, struct invocation_result *result, struct drill_error *error);
   /* For SnapStart; all NULL if the platform takes no snapshots. */
   int (*take_snapshot)(void *self, bool *restorable, struct invocation_result *result, struct drill_error *error);
   const struct memory_copy *(*snapshot)(const void *self);
};

struct service_kind; /* service/service_kind.h */

struct platform {
   const char *name;       /* for --platform: "cloud-run" */
   const char *title;      /* "Google Cloud Run" */
   const char *help;       /* for --help, in lines of at most 68 characters */
   const char *client_env; /* its name in drivers (MongoDB Handshake, "client.env.name"); "": it has none */
   enum platform_idle idle;
   unsigned concurrency_max;     /* invocations that a process may handle at once */
   unsigned concurrency_default; /* in the drill */
   unsigned memory_mb;           /* the platform's own default */
   const char *contract;         /* "the Runtime API" */
   const char *idle_words;       /* "Azure Functions does not freeze an idle process" */
   const struct platform_host *host;
   const struct service_kind *service; /* NULL for Lambda's platforms */
   /* Finds the command that starts the function in a folder. *command is for /bin/sh, and the caller owns it; NULL
    * means an executable bootstrap. Returns -1 with error set. NULL: there is always a bootstrap. */
   int (*find_command)(const char *folder, char **command, struct drill_error *error);
};

/*
 * service_process: starts, awaits, watches and ends the process of a function that is a server. Of invocations it only
 * knows how many are in progress.
 */
#pragma once

#include "descendants.h"
#include "freezer.h"
#include "function_root.h"
#include "line_exchange.h"
#include "service_kind.h"
#include "service_watch.h"
#include "throttle.h"

#include <pthread.h>
#include <stdatomic.h>

struct service {
   const struct function_config *config;
   const struct service_kind *kind;
   int instance;
   struct function_root root;
   struct violations *violations;
   void *app;     /* the result of kind's read_app; NULL: nothing */
   int interrupt; /* eventfd */
   char *shared;  /* folder of the socket; NULL: none */
   struct service_place place;
   struct line_channel lines;

   pthread_mutex_t starting; /* held while a process is started or thawed, so that other callers wait */
   pthread_mutex_t lock;     /* protects all below */
   pthread_cond_t left;      /* signalled when an invocation leaves */
   struct process process;
   atomic_int process_id;
   struct freezer freezer;
   struct throttle *throttle; /* NULL while the process has its full CPU */
   unsigned open;             /* invocations in progress */
   bool condemned;            /* killed; cleaned up once nobody uses it any more */
   bool cold;
   bool lanes[64]; /* in use */
   struct memory_use memory_use;
   int64_t noted_us;
};

/* Returns what ends a wait for this process, at until_us at the latest. */
struct service_watch service_watch_until(struct service *service, int64_t until_us);

/* Reads the process's memory use, at most every MEMORY_USE_LOOK_MS. Returns true when it is over the limit. Takes a
 * struct service. */
bool service_note_memory(void *service);

/* Returns 0 when the function can be asked; 1 when its start failed, which result says; -1 with error set. Nobody else
 * may use the process meanwhile. */
int service_start(struct service *service, struct invocation_result *result, struct drill_error *error);

/* Kills the process. Call with the lock held, or while nobody else uses it. */
void service_end_process(struct service *service);

/* The same, but with SIGTERM and the platform's grace period first, if it has one. */
void service_shut_down(struct service *service);

/* True if the process has ended, or ends within a moment. */
bool service_ends_soon(const struct service *service);

/* Writes "exited with status 1"; status is from waitpid. */
void service_describe_exit(int status, char *text, size_t size);

/* The invocations of the function, and what happens between them: it is suspended, throttled, or runs on. See struct
 * platform_host; self is a struct service. */
int service_invoke(void *self,
                   const struct invoker_event *event,
                   struct invocation_result *result,
                   struct drill_error *error);

/* Starts the process without an event, as a minimum of instances does. */
int service_initialise(void *self, struct invocation_result *result, struct drill_error *error);

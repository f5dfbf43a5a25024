/*
 * service_process: the process of a function that is a server: started, awaited, watched, ended. Knows nothing of
 * invocations but how many are under way.
 */
#ifndef FAAS_DRILL_SERVICE_PROCESS_H
#define FAAS_DRILL_SERVICE_PROCESS_H

#include "freezer.h"
#include "function_process.h"
#include "line_exchange.h"
#include "memory_use.h"
#include "service_kind.h"
#include "service_watch.h"
#include "throttle.h"

#include <pthread.h>
#include <stdatomic.h>

struct service {
   const struct function_config *config;
   const struct service_kind *kind;
   int instance;
   struct launch launch;
   struct function_root root;
   struct function_log *log;
   struct violations *violations;
   void *app;     /* what kind's read_app read; NULL: nothing */
   int interrupt; /* eventfd */
   char *shared;  /* folder of the socket; NULL: none */
   struct service_place place;
   struct line_channel lines;

   pthread_mutex_t starting; /* while a process is started or thawed: who comes meanwhile waits for it */
   pthread_mutex_t lock;     /* of all below */
   pthread_cond_t left;      /* by an invocation */
   struct process process;
   atomic_int process_id;
   struct freezer freezer;
   struct throttle *throttle; /* NULL: the process has its CPU */
   unsigned open;             /* invocations under way */
   bool condemned;            /* killed, and ended once nobody uses it any more */
   bool cold;
   bool lanes[64]; /* in use */
   struct memory_use memory_use;
   int64_t noted_us;
};

/* What ends a wait for this process, at until_us at the latest. */
struct service_watch service_watch_until(struct service *service, int64_t until_us);

/* Reads its memory use, at most every MEMORY_USE_LOOK_MS. True when it is over the limit. Takes a struct service. */
bool service_note_memory(void *service);

/* 0 when the function can be asked; 1 when its start failed, which result says; -1 with error set. Nobody else uses the
 * process meanwhile. */
int service_start(struct service *service, struct invocation_result *result, struct drill_error *error);

/* Kills it. With the lock held, or while nobody else uses it. */
void service_end_process(struct service *service);

/* The same, with SIGTERM and the platform's grace period first, where it has one. */
void service_shut_down(struct service *service);

/* Whether it has ended, or does so in a moment. */
bool service_ends_soon(const struct service *service);

/* "exited with status 1"; status is waitpid's. */
void service_describe_exit(int status, char *text, size_t size);

#endif

/*
 * extensions: the internal extensions of one process of a function, which registered themselves with the Extensions API
 * 2020-01-01: who they are, what they wait for, and what they may do next. Not thread-safe: the Runtime API's lock is
 * held. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html; states and their names are those of
 * AWS's Runtime Interface Emulator.
 */
#ifndef FAAS_DRILL_EXTENSIONS_H
#define FAAS_DRILL_EXTENSIONS_H

#include "runtime_request.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

/* Lambda quotas: 10 for a function. */
#define EXTENSIONS_MAX 10
/* As long as the name of a file. */
#define EXTENSION_NAME_MAX 256

enum extension_state {
   EXTENSION_REGISTERED,
   EXTENSION_READY, /* asks for the next event */
   EXTENSION_RUNNING,
   EXTENSION_INIT_ERROR,
   EXTENSION_EXIT_ERROR,
};

struct extension {
   char name[EXTENSION_NAME_MAX];
   char id[40];
   bool wants_invoke;
   enum extension_state state;
   struct MHD_Connection *waiting; /* suspended, with */
   struct runtime_request *waiting_request;
};

struct extensions {
   struct extension all[EXTENSIONS_MAX];
   size_t count;
   const char *fatal_error; /* type of the first one reported; NULL: none */
};

/* "Registered", "Ready", … */
const char *extension_state_name(enum extension_state state);

struct extension *extensions_by_name(struct extensions *extensions, const char *name);
struct extension *extensions_by_id(struct extensions *extensions, const char *id);

/* There is room, and none of that name. */
struct extension *extensions_add(struct extensions *extensions, const char *name, bool wants_invoke);

/* The first one that keeps the environment from its next event: after init those count that want INVOKE, before all.
 * NULL: none does. */
const struct extension *extensions_busy(const struct extensions *extensions, bool init_over);

/* How many wait on a connection that is suspended. */
unsigned extensions_waiting(const struct extensions *extensions);

/* Lets all go on that wait and want INVOKE, or without exception. */
void extensions_resume(struct extensions *extensions, bool all);

/* Its request is over, if it is one that waited. */
void extensions_forget(struct extensions *extensions, const struct runtime_request *request);

#endif

/*
 * extensions: the internal extensions that one process of a function has registered with the Extensions API 2020-01-01:
 * who they are, what they wait for, and what they may do next. Not thread-safe: call with the Runtime API's lock held.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html; states and their names are those of AWS's
 * Runtime Interface Emulator.
 */
#pragma once

#include "runtime_request.h"

#include <stdbool.h>
#include <stddef.h>

/* Lambda quotas: 10 per function. */
#define EXTENSIONS_MAX 10
/* As long as a file's name may be. */
#define EXTENSION_NAME_MAX 256

enum extension_state {
   EXTENSION_REGISTERED,
   EXTENSION_READY, /* waits for the next event */
   EXTENSION_RUNNING,
   EXTENSION_INIT_ERROR,
   EXTENSION_EXIT_ERROR,
};

struct extension {
   char name[EXTENSION_NAME_MAX];
   char id[40];
   bool wants_invoke;
   enum extension_state state;
   struct runtime_call waiting;
};

struct extensions {
   struct extension all[EXTENSIONS_MAX];
   size_t count;
   const char *fatal_error; /* type of the first error reported; NULL: none */
};

/* "Registered", "Ready", ... */
const char *extension_state_name(enum extension_state state);

struct extension *extensions_by_name(struct extensions *extensions, const char *name);
struct extension *extensions_by_id(struct extensions *extensions, const char *id);

/* Adds an extension. There must be room, and no extension of that name. */
struct extension *extensions_add(struct extensions *extensions, const char *name, bool wants_invoke);

/* The first extension that keeps the environment from its next event; NULL: none. Before init is over all extensions
 * count, afterwards only those that want INVOKE. */
const struct extension *extensions_busy(const struct extensions *extensions, bool init_over);

/* How many wait on a suspended connection. */
unsigned extensions_waiting(const struct extensions *extensions);

/* Resumes the extensions that wait: all, or only those that want INVOKE. */
void extensions_resume(struct extensions *extensions, bool all);

/* Call when a request is over; does nothing if no extension waited with it. */
void extensions_forget(struct extensions *extensions, const struct runtime_request *request);

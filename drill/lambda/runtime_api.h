/*
 * runtime_api: the Runtime API 2018-06-01 for one process of a function, on a port of its own. Hands out events, takes
 * answers, and answers everything else as AWS's Runtime Interface Emulator does. Also serves the Extensions API
 * 2020-01-01 for internal extensions, which are threads of the function or programs that it starts.
 */
#pragma once

#include "error.h"
#include "extensions.h"
#include "function.h"
#include "violations.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each way. The service accepts 100 bytes
 * more of an answer, and its emulator names that number. */
#define RUNTIME_EVENT_MAX (6u * 1024 * 1024)
#define RUNTIME_ANSWER_MAX (RUNTIME_EVENT_MAX + 100)

enum runtime_phase {
   RUNTIME_STARTING,    /* has not asked for anything yet */
   RUNTIME_INIT_FAILED, /* has posted to init/error, or to restore/error */
   RUNTIME_RESTORABLE,  /* asks restore/next, with SnapStart: its snapshot can be taken */
   RUNTIME_WAITING,     /* it asks for the next event, and so do its extensions */
   RUNTIME_BUSY,        /* has an event */
   RUNTIME_ANSWERED,    /* has answered it, and not yet asked for the next */
};

/* Copied. client_context and cognito_identity may be NULL or empty: then the function gets none. */
struct runtime_event {
   char request_id[40];
   int64_t deadline_ms; /* since 1970 */
   const char *function_arn;
   const char *trace_id;
   const char *client_context;
   const char *cognito_identity;
   const char *body;
   size_t length;
};

struct runtime_answer {
   bool failed; /* the function answered with an error, or its answer was too large */
   char error_type[128];
   char *payload; /* NUL-terminated; free() it */
   size_t length;
   int64_t at_us;
};

struct runtime_api;

/* config must outlive the API, which reads its concurrency, and the name and handler that extensions are told. Each
 * change of phase adds to the eventfd wake. Returns NULL with error set when there is no port or no memory; destroy
 * allows NULL. */
struct runtime_api *runtime_api_new(const struct function_config *config,
                                    struct violations *violations,
                                    int wake,
                                    struct drill_error *error);
void runtime_api_destroy(struct runtime_api *api);

unsigned runtime_api_port(const struct runtime_api *api);

/* *since_us is set to when the phase began; since_us may be NULL. */
enum runtime_phase runtime_api_phase(struct runtime_api *api, int64_t *since_us);

/* Answers the call that waits; only in phase RUNTIME_WAITING. Returns -1 with error set when out of memory. */
int runtime_api_hand_out(struct runtime_api *api, const struct runtime_event *event, struct drill_error *error);

/* With several workers: answers the call that has waited longest, in any phase. slot, below workers, identifies the
 * invocation until it is taken or abandoned; its answer adds to the eventfd wake. Returns 1 when no worker waits, -1
 * with error set when out of memory. */
int runtime_api_hand_out_slot(
   struct runtime_api *api, const struct runtime_event *event, unsigned slot, int wake, struct drill_error *error);

/* The slot is abandoned: an answer that still comes is refused as too late. */
void runtime_api_abandon_slot(struct runtime_api *api, unsigned slot);

/* How many calls wait for an event. */
unsigned runtime_api_waiting(struct runtime_api *api);

/* Returns false if there is no answer yet. slot is 0 with one worker, and for what was posted to init/error. */
bool runtime_api_take_answer(struct runtime_api *api, unsigned slot, struct runtime_answer *answer);

/* A copy of those that registered, for reading. */
void runtime_api_extensions(struct runtime_api *api, struct extensions *copy);

/* True when the function asks for its next event and an extension does not; then copies the extension's name. name may
 * be NULL. */
bool runtime_api_awaits_extension(struct runtime_api *api, char *name, size_t size);

/* Type of the first error that an extension reported, a literal; NULL: none. */
const char *runtime_api_extension_error(struct runtime_api *api);

/* Call before the process is started, if it has SnapStart: it may then ask restore/next. */
void runtime_api_serve_restore(struct runtime_api *api);

/* In phase RUNTIME_RESTORABLE: answers restore/next; the process is then starting again. */
void runtime_api_restore(struct runtime_api *api);

/* Call before the host itself ends the process: an answer that breaks off then violates no rule. */
void runtime_api_expect_end(struct runtime_api *api);

/* Call after the process has ended: waits until what it had sent before is read. */
void runtime_api_settle(struct runtime_api *api);

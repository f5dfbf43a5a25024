/*
 * runtime_api: the Runtime API 2018-06-01 for one process of a function, on a port of its own: hands out events, takes
 * answers, and answers all else as AWS's Runtime Interface Emulator does; and the Extensions API 2020-01-01 for
 * internal extensions, which are threads of the function or programs that it starts.
 */
#ifndef FAAS_DRILL_RUNTIME_API_H
#define FAAS_DRILL_RUNTIME_API_H

#include "error.h"
#include "violations.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each way; the service takes 100 bytes
 * more of an answer, and its emulator names that number. */
#define RUNTIME_EVENT_MAX (6u * 1024 * 1024)
#define RUNTIME_ANSWER_MAX (RUNTIME_EVENT_MAX + 100)

enum runtime_phase {
   RUNTIME_STARTING,    /* has asked for nothing yet */
   RUNTIME_INIT_FAILED, /* posted to init/error, or to restore/error */
   RUNTIME_RESTORABLE,  /* asks restore/next, with SnapStart: its snapshot can be taken */
   RUNTIME_WAITING,     /* asks for the next event, and so do its extensions */
   RUNTIME_BUSY,        /* has an event */
   RUNTIME_ANSWERED,    /* has answered it, and not asked for the next */
};

/* Copied. client_context and cognito_identity may be NULL or empty: then the function is told of none. */
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
   bool failed; /* an error of the function, or an answer too large */
   char error_type[128];
   char *payload; /* with a NUL behind it; free() it */
   size_t length;
   int64_t at_us;
};

/* Name and handler are what extensions are told of the function. */
struct runtime_function {
   const char *name;
   const char *handler;
   unsigned workers; /* how many events it may have at once; 0: one */
};

/* An extension that registered itself. */
struct runtime_extension {
   char name[256];
   const char *state; /* "Ready" */
   bool wants_invoke;
};

struct runtime_api;

/* Each change of phase adds to the eventfd wake. What function names stays the caller's. NULL with error set when there
 * is no port or no memory; destroy takes NULL. */
struct runtime_api *runtime_api_new(const struct runtime_function *function,
                                    struct violations *violations,
                                    int wake,
                                    struct drill_error *error);
void runtime_api_destroy(struct runtime_api *api);

unsigned runtime_api_port(const struct runtime_api *api);

/* *since_us, which may be NULL: when it began. */
enum runtime_phase runtime_api_phase(struct runtime_api *api, int64_t *since_us);

/* To the call that waits: only in phase RUNTIME_WAITING. -1 with error set when out of memory. */
int runtime_api_hand_out(struct runtime_api *api, const struct runtime_event *event, struct drill_error *error);

/* With several workers: to the call that waits longest, in any phase. slot, below workers, is the
 * invocation's number until it is taken or abandoned, and its answer adds to the eventfd wake. 1 when no worker waits,
 * -1 with error set when out of memory. */
int runtime_api_hand_out_slot(
   struct runtime_api *api, const struct runtime_event *event, unsigned slot, int wake, struct drill_error *error);

/* False when there is none yet. */
bool runtime_api_take_slot(struct runtime_api *api, unsigned slot, struct runtime_answer *answer);

/* Nobody waits for it any more: an answer that comes all the same is refused, as too late. */
void runtime_api_abandon_slot(struct runtime_api *api, unsigned slot);

/* Calls that wait for an event. */
unsigned runtime_api_waiting(struct runtime_api *api);

/* With one worker. False when there was none yet. With any number also what was posted to init/error. */
bool runtime_api_take_answer(struct runtime_api *api, struct runtime_answer *answer);

/* At most max of the extensions, how many there are is returned. */
size_t runtime_api_extensions(struct runtime_api *api, struct runtime_extension *extensions, size_t max);

/* The function asks for its next event, and an extension does not: its name is copied. name may be NULL. */
bool runtime_api_awaits_extension(struct runtime_api *api, char *name, size_t size);

/* The type of the error that an extension reported first, a literal; NULL: none did. */
const char *runtime_api_extension_error(struct runtime_api *api);

/* Before the process is started: it has SnapStart, and may ask restore/next. */
void runtime_api_serve_restore(struct runtime_api *api);

/* In phase RUNTIME_RESTORABLE: what it asked is answered, and it is starting again. */
void runtime_api_restore(struct runtime_api *api);

/* Before the host itself ends the process: an answer that breaks off then breaks no rule. */
void runtime_api_expect_end(struct runtime_api *api);

/* The process has ended: until what it had sent before is read. */
void runtime_api_settle(struct runtime_api *api);

#endif

/*
 * service_kind: how the platforms of services.h differ: how they start a function, where it listens, how they send it
 * an event, and what its answer means.
 */
#pragma once

#include "function.h"
#include "http_request.h"
#include "platform.h"
#include "variable_list.h"
#include "violations.h"

/* Where the host reaches a process. */
struct service_place {
   unsigned short port;     /* of 127.0.0.1 */
   char socket[160];        /* path as the host sees it; "": none */
   char socket_inside[160]; /* path as the function sees it */
};

struct service_event {
   const char *text; /* JSON */
   size_t length;
   const char *id;
   const char *deadline;  /* RFC 3339, UTC */
   long long deadline_ms; /* since 1970 */
   unsigned timeout_ms;
   const void *app;     /* the result of read_app */
   const char *request; /* from --request: "GET /items"; NULL: the platform's own */
};

/* The answer to an HTTP request, or a line, with status 0. */
struct service_answer {
   long status;
   char *text; /* NUL-terminated; owned */
   size_t length;
};

enum service_channel { SERVICE_TCP, SERVICE_UNIX, SERVICE_LINES };

struct service_kind {
   enum service_channel channel;
   bool ready_answers; /* ready once it answers GET / with anything, not as soon as it listens */
   unsigned start_ms;  /* time limit for that, or for a line {"ok":true} */
   unsigned grace_ms;  /* from SIGTERM to SIGKILL at the end; 0: SIGKILL at once */
   bool kills_late;    /* kills a process whose invocation takes too long */
   const char *late;   /* for people: what the platform does about such an invocation */
   void (*add_variables)(struct variable_list *list,
                         const struct function_config *config,
                         const struct service_place *place);
   /* Reads what ask needs from a package, once per environment. Returns memory to free with free(3), or NULL when out
    * of memory. NULL if ask needs nothing. */
   void *(*read_app)(const char *folder);
   /* Fills in request; for a channel of lines only its body, without a line end. */
   void (*ask)(struct http_request *request, const struct service_event *event);
   /* Sets outcome, error_type and payload of result, and may take over answer's text. Returns false when out of
    * memory. */
   bool (*take)(struct service_answer *answer, struct invocation_result *result, struct violations *violations);
};

extern const struct platform_host service_host;

/* --- service_answer.c: turns a failed function's answer into the error that the drill reads on every platform ----- */

/* Makes result a function error from the answer's text: the message of {"errorMessage": …} or {"error": …}, with the
 * report if it is one of faas-harness, or else the beginning of the text. what ("HTTP 500") is the type if the text has
 * none. Returns false when out of memory. */
bool service_answer_failed(struct invocation_result *result, const char *what, const char *text, size_t length);

/* For service_kind's take, where the HTTP status alone says whether the function failed: 2xx and 3xx are answers,
 * anything else is a failure. */
bool service_answer_take_http(struct service_answer *answer,
                              struct invocation_result *result,
                              struct violations *violations);

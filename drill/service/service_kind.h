/*
 * service_kind: how the platforms of services.h differ: how they start a function, where it listens, how they send it
 * an event, and what its answer means.
 */
#ifndef FAAS_DRILL_SERVICE_KIND_H
#define FAAS_DRILL_SERVICE_KIND_H

#include "function.h"
#include "http_request.h"
#include "platform.h"
#include "variable_list.h"
#include "violations.h"

/* Where the host reaches a process. */
struct service_place {
   unsigned short port;     /* of 127.0.0.1 */
   char socket[160];        /* as the host sees it; "": none */
   char socket_inside[160]; /* as the function does */
};

struct service_event {
   const char *text; /* JSON */
   size_t length;
   const char *id;
   const char *deadline;  /* RFC 3339, UTC */
   long long deadline_ms; /* since 1970 */
   unsigned timeout_ms;
   const void *app;     /* what read_app read */
   const char *request; /* of --request: "GET /items"; NULL: the platform's own */
};

/* The answer to an HTTP request; or a line, with status 0. */
struct service_answer {
   long status;
   char *text; /* NUL behind it; owned */
   size_t length;
};

enum service_channel { SERVICE_TCP, SERVICE_UNIX, SERVICE_LINES };

/* How the host finds out that the function takes requests. */
enum service_ready {
   SERVICE_READY_CONNECTS,
   SERVICE_READY_ANSWERS, /* to GET /, with anything */
   SERVICE_READY_SAYS_SO, /* by a line {"ok":true} */
};

struct service_kind {
   enum service_channel channel;
   enum service_ready ready;
   unsigned start_ms; /* how long that may take */
   unsigned grace_ms; /* from SIGTERM to SIGKILL at the end; 0: SIGKILL at once */
   bool kills_late;   /* a process whose invocation takes too long */
   const char *late;  /* what the platform does about such an invocation, for people */
   void (*add_variables)(struct variable_list *list,
                         const struct function_config *config,
                         const struct service_place *place);
   /* As services_find_command. NULL: a bootstrap. */
   int (*find_command)(const char *folder, char **command, struct drill_error *error);
   /* What ask needs of a package, read once for an environment: to be freed by free(3), NULL when out of memory. NULL:
    * nothing. */
   void *(*read_app)(const char *folder);
   /* Fills request; of a channel of lines, its body alone, without a line end. False when out of memory. */
   bool (*ask)(struct http_request *request, const struct service_event *event);
   /* Sets outcome, error_type and payload of result, for which it may take answer's text. False when out of memory. */
   bool (*take)(struct service_answer *answer, struct invocation_result *result, struct violations *violations);
};

extern const struct platform_host service_host;

#endif

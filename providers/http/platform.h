/*
 * platform: what differs from host to host: where it calls, what it says of an event, which status it takes for a
 * failure.
 */
#ifndef HTTP_PLATFORM_H
#define HTTP_PLATFORM_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_ID_MAX = 128 };

/* A header of the request; NULL when there is none. */
typedef const char *(*platform_header)(void *context, const char *name);

/* In what an event came, and its answer goes. */
enum envelope { ENVELOPE_NONE, ENVELOPE_CLOUD_EVENT, ENVELOPE_AZURE };

struct event {
   char id[EVENT_ID_MAX + 1]; /* empty: the platform gave none */
   int64_t deadline_unix_ms;
   enum envelope envelope;
   const char *payload; /* in the body */
   size_t payload_length;
};

struct platform {
   const char *name;
   const char *call_path;       /* the one path that runs an event; NULL: any */
   const char *id_header;       /* NULL: none */
   const char *context_header;  /* id and deadline in one, see lambda_context.h; NULL: none */
   const char *moment_header;   /* the deadline, RFC 3339; NULL: none */
   const char *duration_header; /* the time there is, as Go writes it; NULL: none */
   enum envelope envelope;      /* that may come; plain events may, too */
   unsigned failed_status;
   unsigned refused_status; /* for whatever is not taken; 0: what HTTP has for the reason */
};

#define PLATFORM_NAMES "auto, plain, cloudevents, azure, fn or lwa"

/* By its name, or "auto": by the environment. NULL: there is none of that name. */
const struct platform *platform_find(const char *name);

/* Where the platform's environment wants it to listen, into address. */
void platform_default_address(const struct platform *platform, char *address, size_t size);

/* Fills event, whose payload lies in body; a body of no bytes is {}. NULL, or why it is no event: a JSON text. */
const char *platform_read_event(const struct platform *platform,
                                platform_header header,
                                void *context,
                                int64_t now_ms,
                                const char *body,
                                size_t length,
                                struct event *event);

/* The status by which a platform knows that an event failed, and does not send it again. */
unsigned platform_failed_status(const struct platform *platform, const struct event *event);

#endif

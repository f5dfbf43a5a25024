/*
 * platform: the differences between hosts: which path they call, what they say about an event, which status they take
 * for a failure.
 */
#ifndef HTTP_PLATFORM_H
#define HTTP_PLATFORM_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_ID_MAX = 128 };

/* Returns a header of the request; NULL when there is none. */
typedef const char *(*platform_header)(void *context, const char *name);

/* The wrapping of an event and of its answer. */
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
   const char *context_header;  /* id and deadline in one header, as JSON; NULL: none */
   const char *moment_header;   /* the deadline, RFC 3339; NULL: none */
   const char *duration_header; /* the time limit, as a Go duration; NULL: none */
   enum envelope envelope;      /* the one that events may have; plain events are accepted, too */
   unsigned failed_status;
   unsigned refused_status; /* for every request that is refused; 0: the HTTP status for the reason */
};

#define PLATFORM_NAMES "auto, plain, cloudevents, azure, fn or lwa"

/* Finds a platform by its name, or with "auto" by the environment. Returns NULL when there is none of that name. */
const struct platform *platform_find(const char *name);

/* Writes to address where the platform's environment wants it to listen. */
void platform_default_address(const struct platform *platform, char *address, size_t size);

/* Fills event, whose payload lies in body; an empty body counts as {}. Returns NULL, or a JSON text that says why this
 * is not an event. */
const char *platform_read_event(const struct platform *platform,
                                platform_header header,
                                void *context,
                                int64_t now_ms,
                                const char *body,
                                size_t length,
                                struct event *event);

/* The status that tells a platform that an event failed, and does not make it send the event again. */
unsigned platform_failed_status(const struct platform *platform, const struct event *event);

#endif

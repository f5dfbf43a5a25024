/*
 * kept_connection: HTTP over one connection that is kept for hours. A GET may wait that long, until a stop is
 * requested; a POST is never sent twice.
 */
#ifndef AWS_LAMBDA_KEPT_CONNECTION_H
#define AWS_LAMBDA_KEPT_CONNECTION_H

#include "buffer.h"
#include "next_headers.h"

struct kept_connection;

struct kept_connection_settings {
   const char *url;     /* "http://HOST:PORT" */
   size_t get_max;      /* most bytes that a GET may return */
   int stop_descriptor; /* readable when a stop is requested; -1: none */
};

/* Returns NULL when out of memory, or when libcurl refuses. */
struct kept_connection *kept_connection_new(const struct kept_connection_settings *settings);
void kept_connection_destroy(struct kept_connection *connection);

/* The pointers in it are valid until the next transfer. */
struct kept_connection_answer {
   const char *fault;                  /* why the answer is incomplete; NULL: it is complete */
   long status;                        /* 0: none arrived */
   bool succeeded;                     /* status 2xx */
   bool too_large;                     /* a GET returned more than it may, or than memory can hold */
   const struct next_headers *headers; /* of the last GET */
   const struct buffer *body;          /* of the last GET, if it succeeded */
   const struct buffer *words;         /* any other text that the API sent, cut */
};

/* Returns false when it was abandoned, because a stop was requested before any part of an invocation arrived. */
bool kept_connection_get(struct kept_connection *connection, const char *target, struct kept_connection_answer *answer);

/* Closes all connections, so that the next transfer opens a new one. After a restore from a snapshot the old
 * connections are dead, and nothing may ever report that. Returns false when libcurl fails. */
bool kept_connection_renew(struct kept_connection *connection);

#define KEPT_CONNECTION_HEADERS_MAX 2

/* The JSON to post; it stays the caller's. */
struct kept_connection_post {
   const char *target;
   const char *headers[KEPT_CONNECTION_HEADERS_MAX]; /* besides those of every POST; ends at the first NULL */
   const char *body;
   size_t length;
};

/* Returns false when out of memory: nothing was sent. */
bool kept_connection_post(struct kept_connection *connection,
                          const struct kept_connection_post *post,
                          struct kept_connection_answer *answer);

#endif

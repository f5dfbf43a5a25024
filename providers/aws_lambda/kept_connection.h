/*
 * kept_connection: HTTP over one connection that is kept for hours. A GET may wait as long, until a stop is requested;
 * a POST is never sent twice. All of libcurl is in here.
 */
#ifndef AWS_LAMBDA_KEPT_CONNECTION_H
#define AWS_LAMBDA_KEPT_CONNECTION_H

#include "buffer.h"
#include "next_headers.h"

struct kept_connection;

struct kept_connection_settings {
   const char *url;        /* "http://HOST:PORT" */
   const char *get_target; /* path of every GET, until it is aimed elsewhere */
   size_t get_max;         /* bytes that a GET may bring */
   int stop_descriptor;    /* readable: a stop is requested; -1: none */
};

/* NULL when out of memory, or when libcurl can't do it. */
struct kept_connection *kept_connection_new(const struct kept_connection_settings *settings);
void kept_connection_destroy(struct kept_connection *connection);

/* Its pointers are valid until the next transfer. */
struct kept_connection_answer {
   const char *fault;                  /* why it is not whole; NULL: it is */
   long status;                        /* 0: none came */
   bool succeeded;                     /* status 2xx */
   bool too_large;                     /* a GET brought more than it may, or than there is memory for */
   const struct next_headers *headers; /* of the last GET */
   const struct buffer *body;          /* of the last GET, where it succeeded */
   const struct buffer *words;         /* what was said otherwise, cut */
};

/* False when it was given up, because a stop was requested before anything of an invocation came. */
bool kept_connection_get(struct kept_connection *connection, struct kept_connection_answer *answer);

/* The path of every GET from now on, which stays the caller's. False when out of memory. */
bool kept_connection_aim(struct kept_connection *connection, const char *get_target);

/* Closes what is open: the next transfer connects anew. Of a process that was restored from a snapshot, what was open
 * is dead, and nobody may ever say so. False when libcurl can't do it. */
bool kept_connection_renew(struct kept_connection *connection);

#define KEPT_CONNECTION_HEADERS_MAX 2

/* JSON to post, which stays the caller's. */
struct kept_connection_post {
   const char *target;
   const char *headers[KEPT_CONNECTION_HEADERS_MAX]; /* besides those of every POST; the first NULL ends them */
   const char *body;
   size_t length;
};

/* False when out of memory: nothing was sent. */
bool kept_connection_post(struct kept_connection *connection,
                          const struct kept_connection_post *post,
                          struct kept_connection_answer *answer);

#endif

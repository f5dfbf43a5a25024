/*
 * server: requests over HTTP as invocations, by libmicrohttpd: a bounded number waits or is open, others are refused.
 *
 * A thread of libmicrohttpd's reads and writes all connections. A request whose event is whole is suspended and put
 * into the queue; server_next takes it out, and server_answer gives it back with its answer.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "platform.h"

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>

struct server;

struct server_limits {
   size_t max_event_bytes;
   unsigned max_open;   /* invocations under way */
   unsigned max_queued; /* and those that wait for one to end; beyond both: 429 */
};

/* platform and host outlive the server. NULL: out of memory or descriptors. Nothing is listened to yet. */
struct server *
server_new(const struct platform *platform, const struct server_limits *limits, const struct faas_host *host);

/* Takes connections from a socket that listens, which stays the caller's. False: there is no thread for it. */
bool server_start(struct server *server, int listener);

/* Answers what is in the queue with 503, waits a bounded time until all answers are sent, and ends the thread. */
void server_destroy(struct server *server);

/* Waits for an event. NULL: the host was asked to stop. */
struct request *server_next(struct server *server);

/* The request is no longer the caller's; body is copied. */
void server_answer(struct server *server, struct request *request, unsigned status, const char *body, size_t length);

/* Whether the client has hung up. Of a request that server_next gave. */
bool server_caller_gone(const struct request *request);

/* Valid until the answer. */
const struct event *server_event(const struct request *request);

#endif

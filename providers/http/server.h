/*
 * server: turns HTTP requests into invocations, using libmicrohttpd: a bounded number wait or are open, others are
 * refused.
 *
 * One thread of libmicrohttpd reads and writes all connections. Once its event is complete, a request is suspended and
 * put into the queue; server_next takes it out, and server_answer gives it back with its answer.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "platform.h"

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>

struct server;

struct server_limits {
   unsigned max_event_bytes;
   unsigned max_open;   /* open invocations */
   unsigned max_queued; /* invocations that wait for one to end; beyond both: 429 */
};

/* platform and host must outlive the server. Returns NULL when out of memory or descriptors. Does not listen yet. */
struct server *
server_new(const struct platform *platform, const struct server_limits *limits, const struct faas_host *host);

/* Accepts connections from a listening socket, which stays the caller's. Returns false when the server cannot start. */
bool server_start(struct server *server, int listener);

/* Answers open and queued requests with 503, waits a bounded time until all answers are sent, and ends the thread. */
void server_destroy(struct server *server);

/* Waits for an event. Returns NULL when the host was asked to stop. */
struct request *server_next(struct server *server);

/* Takes the request from the caller; copies body. */
void server_answer(struct server *server, struct request *request, unsigned status, const char *body, size_t length);

/* Whether the client of a request from server_next has hung up. */
bool server_caller_gone(const struct request *request);

/* Valid until the request is answered. */
const struct event *server_event(const struct request *request);

#endif

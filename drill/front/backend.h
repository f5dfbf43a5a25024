/*
 * backend: the connections to the server behind the front. A client's connection borrows one only while its command is
 * at the server, so the server has as many connections as there are concurrent commands, however many clients there
 * are.
 */
#pragma once

#include "server.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

/* The most connections lent at once. The embedded server closes all beyond 1,000 connections (secantus/server.py,
 * DEFAULT_MAX_CONNECTIONS), and authenticated connections come on top of these. */
#define BACKEND_LENT_MAX 400
#define BACKEND_IDLE_MAX 128

/* A connection that is lent, or that somebody waits for. All zero: neither. */
struct backend_loan {
   /* Called when a connection that was waited for is available: a socket, or -1 with errno set. It must not end or
    * begin a loan. */
   void (*lent)(struct backend_loan *loan, int descriptor);
   TAILQ_ENTRY(backend_loan) link; /* of those that wait */
   bool is_counted;                /* as one of BACKEND_LENT_MAX */
   bool waits;
};

struct backend {
   const struct server *server;
   int idle[BACKEND_IDLE_MAX];
   size_t idle_count;
   size_t lent;
   TAILQ_HEAD(, backend_loan) waiting; /* in the order they came */
};

/* backend_clear closes the idle connections. */
void backend_init(struct backend *backend, const struct server *server);
void backend_clear(struct backend *backend);

/* Lends a socket that has begun to connect, or is connected and idle. Returns it, or -1: loan->waits when all are lent,
 * or errno is set. */
int backend_borrow(struct backend *backend, struct backend_loan *loan);

/* Like backend_borrow, for a client that authenticates or sends its handshake: always a new connection, without a
 * limit. */
int backend_connect(const struct backend *backend, struct backend_loan *loan);

/* Takes back a socket on which nothing is in progress. */
void backend_give_back(struct backend *backend, struct backend_loan *loan, int descriptor);

/* Ends a loan whose socket the caller has closed, or that was still waiting. */
void backend_end(struct backend *backend, struct backend_loan *loan);

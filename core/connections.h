/*
 * connections: tracks the sockets to database hosts by watching the socket calls.
 *
 * libmongoc has no connection (CMAP) events, so interpose watches connect, send and close instead. A connection counts
 * as created when it first sends: connect returns before a TCP connection exists, and only the bytes sent tell a
 * database connection (MongoDB's wire protocol, or TLS) from a DNS query or a call to the platform's own HTTP API.
 *
 * Connections opened by a thread with a lane are application connections; all others are monitoring connections.
 *
 * There is one table for the process, because the watched calls have no parameter to carry it. Thread-safe.
 */
#ifndef FAAS_CORE_CONNECTIONS_H
#define FAAS_CORE_CONNECTIONS_H

#include "capture.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Where created and closed connections are recorded, not owned; NULL: nowhere, though they are still counted. */
void connections_observe(struct capture *capture);

/* What interpose reports, so that nothing here calls it. type is that of the socket, or of one that could not be
 * created. error_number is 0 when the connection is established or in progress. */
void connections_on_no_socket(int type, int error_number);
void
connections_on_connect(int descriptor, int type, const struct sockaddr *address, socklen_t length, int error_number);
/* Whether the descriptor was connected and nothing has been sent over it yet. */
bool connections_await_connect(int descriptor);
void connections_on_error(int descriptor, int error_number);
void connections_on_sent(int descriptor, const struct iovec *parts, size_t count, size_t sent);
/* Whether the connection has sent something and received nothing yet. */
bool connections_await_answer(int descriptor);

#define CONNECTIONS_FIRST_ANSWER_MAX 80

/* The first bytes received, cut to CONNECTIONS_FIRST_ANSWER_MAX; length 0: the peer closed the connection. */
void connections_on_first_answer(int descriptor, const unsigned char *bytes, size_t length);

/* Removes the descriptor from the table and closes it with really_close, both under one lock, so that a reused number
 * is never taken for the old connection. */
int connections_on_close(int descriptor, int (*really_close)(int));

#define CONNECTIONS_OF_ALL UINT64_C(0)

/* Shuts down the connections last used in this turn of a lane, or all with CONNECTIONS_OF_ALL, so that every wait on
 * one returns at once. A connection that the pool has since passed to another lane has an earlier turn, or that lane's,
 * and stays open. */
void connections_interrupt(uint64_t turn);

struct connections_count {
   uint64_t open;        /* created minus closed */
   uint64_t descriptors; /* sockets to database hosts that this process has open, according to the kernel */
};

/* Takes both counts atomically. look, which may be NULL, is called with argument while no connection can be created or
 * closed. */
struct connections_count connections_count(void (*look)(void *argument), void *argument);

/* Copies the first message of the first unencrypted connection and returns its length; 0 if there is none, it is
 * incomplete, or it is longer than capacity. */
size_t connections_first_message(unsigned char *buffer, size_t capacity);

#define CONNECTIONS_FIRST_MESSAGE_MAX 4096

#endif

/*
 * connections: the sockets to database hosts, as the socket calls themselves show them.
 *
 * libmongoc has no connection (CMAP) events, so interpose watches connect, send and close for it. A connection counts
 * as created when it first speaks: connect returns before a TCP connection exists, and only what it says tells a
 * database connection (MongoDB's wire protocol, or TLS) from a DNS query or a call of the platform's own HTTP API.
 *
 * A thread with a lane opens application connections; all others are monitoring ones.
 *
 * The table is one for the process, as the calls it watches have no parameter to carry it. Safe from any thread.
 */
#ifndef FAAS_CORE_CONNECTIONS_H
#define FAAS_CORE_CONNECTIONS_H

#include "capture.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Where created and closed connections are recorded; NULL: nowhere. Not owned; connections keep being counted. */
void connections_observe(struct capture *capture);

/* What interpose reports. type is that of a socket that could not be had. error_number is 0 when the connection is made
 * or under way. */
void connections_on_no_socket(int type, int error_number);
void connections_on_connect(int descriptor, const struct sockaddr *address, socklen_t length, int error_number);
void connections_on_error(int descriptor, int error_number);
void connections_on_sent(int descriptor, const struct iovec *parts, size_t count, size_t sent);
/* Whether the connection has spoken and nothing has come back yet. */
bool connections_await_answer(int descriptor);

#define CONNECTIONS_FIRST_ANSWER_MAX 80

/* What came back first, cut to CONNECTIONS_FIRST_ANSWER_MAX; length 0: the peer closed. */
void connections_on_first_answer(int descriptor, const unsigned char *bytes, size_t length);

/* Closes the descriptor by really_close, so that nobody meets its number in between. */
int connections_on_close(int descriptor, int (*really_close)(int));

#define CONNECTIONS_OF_ALL UINT64_C(0)

/* Shut down those that were used last in that turn of a lane, or CONNECTIONS_OF_ALL: whoever waits on one returns at
 * once. What a pool has handed on to another lane meanwhile is of the turn before. */
void connections_interrupt(uint64_t turn);

struct connections_count {
   uint64_t open;        /* created minus closed */
   uint64_t descriptors; /* what the kernel says: descriptors of this process that are sockets to database hosts */
};

/* Both at one moment, at which look (may be NULL) is called with argument: no connection is created or closed
 * meanwhile. */
struct connections_count connections_count(void (*look)(void *argument), void *argument);

/* The first message of the first connection that spoke in the clear, at most capacity bytes of it; 0 when there is
 * none, or it is not complete. */
size_t connections_first_message(unsigned char *buffer, size_t capacity);

#define CONNECTIONS_FIRST_MESSAGE_MAX 4096

#endif

/*
 * connection: a client's connection, and the connection to the server behind that belongs to it: their state, and how
 * each side ends; and the list of all connections. connection_io.h has what passes over them.
 */
#pragma once

#include "backend.h"
#include "buffer.h"
#include "hello.h"
#include "outlet.h"
#include "record.h"
#include "sight.h"
#include "tls.h"
#include "users.h"
#include "watch.h"

struct front_set;
struct member;

enum connection_state {
   CONNECTION_READY,
   CONNECTION_DELAYED,   /* the newest message is held back, by a fault or because the member is slow */
   CONNECTION_AT_SERVER, /* the server has not replied yet */
   CONNECTION_AWAITING,  /* a hello waits for a change */
   CONNECTION_QUEUED,    /* not accepted yet: nothing is read, not even a TLS handshake */
};

/* What the front must remember of a request in order to reply to it. */
struct connection_request {
   int32_t id;
   bool is_query; /* to be answered by OP_REPLY */
   bool exhaust;
   bool is_hello;
   struct hello_request hello;
   bool lose_reply;
   bool hold_reply;            /* like lose_reply, but the connection goes silent instead of closing */
   struct record_write *write; /* NULL: none to record */
};

struct connection {
   LIST_ENTRY(connection) link; /* of the set's connections, or of the buried ones */
   struct front_set *set;
   struct member *member;
   uint16_t client_port;
   struct watch client;
   struct watch server; /* descriptor -1 while nothing is at the server, unless authenticated */
   struct backend_loan loan;
   struct buffer from_client;
   struct buffer to_client;
   struct outlet outlet; /* what is sent later, encrypted or not */
   struct buffer from_server;
   struct buffer to_server;
   enum connection_state state;
   int64_t due_us; /* of CONNECTION_DELAYED, CONNECTION_AWAITING and CONNECTION_QUEUED */
   struct connection_request request;
   bool dropped;            /* the client's packets vanish */
   bool doomed;             /* the client's next byte will be answered with RST; until then it does not notice */
   bool owed;               /* the client has left, but the server has not replied yet */
   bool buried;             /* ended, to be freed */
   bool resumed;            /* the next message has already been held back */
   bool slow;               /* held back by a slow member, not a fault: a write is applied even if the client leaves */
   bool authenticated;      /* or tried to: its connection to the server can't be replaced */
   bool application;        /* it has carried more than hellos */
   bool left;               /* the client closed or broke it */
   size_t entry;            /* of the timeline */
   struct tls_session *tls; /* NULL: plain TCP */
   bool secured;            /* the TLS handshake is complete */
   bool answered;           /* something has been sent to the client */
   struct users_conversation user;
   struct sight sight;
};

/* Adds a connection that was accepted, and watches its descriptor. Both callbacks are called with the connection.
 * Returns NULL when out of memory. */
struct connection *connection_open(struct member *member,
                                   int descriptor,
                                   uint16_t client_port,
                                   void (*client_ready)(void *, uint32_t),
                                   void (*server_ready)(void *, uint32_t));

/* Closes the client's side. A command that is already at the server stays there, and its outcome is recorded. */
void connection_close_client(struct connection *connection);
/* From now on the kernel discards what the client sends, and nothing is sent to the client. */
void connection_drop_client(struct connection *connection);
/* A doomed client has sent something, or has closed its side. */
void connection_meet_doomed(struct connection *connection);
/* Sends RST now. */
void connection_reset_client(struct connection *connection);

/* The server closed its side, or broke the protocol. Closes the client's side too, unless the front can reconnect to
 * the server without the client's knowledge. */
void connection_lose_server(struct connection *connection);
/* Closes the server's side. If the client's side is closed, too, the connection has ended. */
void connection_end_server(struct connection *connection);

/* Ends the connections of one member, or of all members (NULL), in that way. Returns how many it ended. */
size_t connections_end(struct front_set *set, enum front_ending ending, const struct member *member);

/* connections_close closes all connections of a member. connections_refresh updates what they are watched for, after
 * the member's state has changed. */
void connections_close(struct front_set *set, const struct member *member);
void connections_refresh(struct front_set *set, const struct member *member);

/* connections_reap frees finished connections. connections_destroy closes and frees all of them. */
void connections_reap(struct front_set *set);
void connections_destroy(struct front_set *set);

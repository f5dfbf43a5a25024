/*
 * connection: one client's connection, and the connection to the server behind that belongs to it: their state, and how
 * each side ends. connection_io.h has what passes over them.
 */
#ifndef FAAS_DRILL_CONNECTION_H
#define FAAS_DRILL_CONNECTION_H

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
   CONNECTION_AT_SERVER, /* the server's reply is to come */
   CONNECTION_AWAITING,  /* a hello waits for news */
   CONNECTION_QUEUED,    /* not let in yet: nothing is read, not even a TLS handshake */
};

/* What the front must remember of a request to reply to it. */
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
   struct connection *next;
   struct connection *previous;
   struct front_set *set;
   struct member *member;
   uint16_t client_port;
   struct watch client;
   struct watch server; /* descriptor -1 while nothing is at the server, unless authenticated */
   struct backend_loan loan;
   struct buffer from_client;
   struct buffer to_client;
   struct outlet outlet; /* what leaves later, encrypted or not */
   struct buffer from_server;
   struct buffer to_server;
   enum connection_state state;
   int64_t due_us; /* of CONNECTION_DELAYED, CONNECTION_AWAITING and CONNECTION_QUEUED */
   struct connection_request request;
   bool dropped;       /* the client's packets vanish */
   bool doomed;        /* the client's next byte will be answered with RST */
   bool owed;          /* the client is gone, and the server has yet to reply */
   bool buried;        /* over, and to be freed */
   bool resumed;       /* the next message has been held back already */
   bool slow;          /* held back by a slow member, not a fault: a write is applied even if the client leaves */
   bool authenticated; /* or tried to be: its connection to the server can't be replaced */
   bool application;   /* more than hellos came over it */
   bool introduced;
   bool left;               /* the client closed or broke it */
   size_t entry;            /* of the timeline */
   struct tls_session *tls; /* NULL: plain TCP */
   bool secured;            /* the TLS handshake is over */
   bool answered;           /* something has been sent to the client */
   struct users_conversation user;
   struct sight sight;
};

/* Watches the client's descriptor. Both callbacks are called with the connection. */
void connection_start(struct connection *connection,
                      int descriptor,
                      void (*client_ready)(void *, uint32_t),
                      void (*server_ready)(void *, uint32_t));

/* Closes what is open, and frees the connection, which must not be in a list any more. */
void connection_free(struct connection *connection);

/* Closes the client's side. A command that is at the server already stays there, and what becomes of it is recorded. */
void connection_close_client(struct connection *connection);
/* From now on the kernel discards what the client sends, and nothing is sent to the client any more. */
void connection_drop_client(struct connection *connection);
/* From now on nothing is sent to the client, and the next byte it sends is answered with RST. Until then it can't tell.
 */
void connection_doom_client(struct connection *connection);
/* A doomed client has sent something, or has closed its side. */
void connection_meet_doomed(struct connection *connection);
/* Sends RST now. */
void connection_reset_client(struct connection *connection);

/* The server closed its side, or broke the protocol. Closes the client's side too, unless the front can connect to the
 * server again without the client's notice. */
void connection_lose_server(struct connection *connection);
/* Closes the server's side. The connection is over when the client's side is closed, too. */
void connection_end_server(struct connection *connection);
bool connection_has_client(const struct connection *connection);

#endif

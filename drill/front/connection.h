/*
 * connection: one client's, and the one to the server behind that belongs to it: what waits on both, what is sent, how
 * each ends. Stands on set_state, buffer, watch.
 */
#ifndef FAAS_DRILL_CONNECTION_H
#define FAAS_DRILL_CONNECTION_H

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
   CONNECTION_DELAYED,   /* the message that came last is held back, by a fault or as the member is slow */
   CONNECTION_AT_SERVER, /* a reply is to come */
   CONNECTION_AWAITING,  /* a hello that waits for news */
};

/* What the reply to a request needs of it. */
struct connection_request {
   int32_t id;
   bool is_query; /* to be answered by OP_REPLY */
   bool exhaust;
   bool is_hello;
   struct hello_request hello;
   bool lose_reply;
   bool hold_reply;            /* as that, but in silence */
   struct record_write *write; /* NULL: none to record */
};

struct connection {
   struct connection *next;
   struct connection *previous;
   struct front_set *set;
   struct member *member;
   uint16_t client_port;
   struct watch client;
   struct watch server; /* descriptor -1 until there is something to forward */
   struct buffer from_client;
   struct buffer to_client;
   struct outlet outlet; /* where that goes, encrypted or not */
   struct buffer from_server;
   struct buffer to_server;
   enum connection_state state;
   int64_t due_us; /* of CONNECTION_DELAYED and CONNECTION_AWAITING */
   struct connection_request request;
   bool dropped;       /* the client's packets vanish */
   bool doomed;        /* the client's next byte is answered with RST */
   bool owed;          /* the server is still at a command, and the client is gone */
   bool buried;        /* over, to be freed */
   bool resumed;       /* the next message was held back before */
   bool slow;          /* what it is held back by is no fault: it is going to be done in any case */
   bool authenticated; /* or tried to: the server's connection can't be replaced */
   bool application;   /* more than hellos came */
   bool introduced;
   bool left;               /* the client closed it, or broke off */
   size_t entry;            /* of the timeline */
   struct tls_session *tls; /* NULL: in plain */
   bool secured;            /* its handshake is over */
   bool answered;           /* something was sent to it */
   struct users_conversation user;
   struct sight sight;
};

/* Watches the client that descriptor leads to; what becomes ready is told with the connection. */
void connection_start(struct connection *connection,
                      int descriptor,
                      void (*client_ready)(void *, uint32_t),
                      void (*server_ready)(void *, uint32_t));

/* Closes what is open, and frees; it is in no list any more. */
void connection_free(struct connection *connection);

/* The client's side is over; a command that is at the server already stays there, and is recorded. */
void connection_close_client(struct connection *connection);
/* From now on the kernel throws away what the client's side sends, and nothing is sent to it any more. */
void connection_drop_client(struct connection *connection);
/* Nothing is sent to the client any more, and the next byte it sends is answered with RST: until then it can't tell. */
void connection_doom_client(struct connection *connection);
/* A doomed client has sent something, or closed its side. */
void connection_meet_doomed(struct connection *connection);
/* RST now. */
void connection_reset_client(struct connection *connection);

/* The server closed its side, or broke the protocol: so is the client's closed, unless it would not notice. */
void connection_lose_server(struct connection *connection);
/* Nothing more is to come from the server; the connection is over when the client's side is closed, too. */
void connection_end_server(struct connection *connection);

bool connection_has_client(const struct connection *connection);

/* Queues bytes for the server. false when the connection is over now. */
bool connection_forward(struct connection *connection, const void *bytes, size_t count);
/* The server's reply as it is, or one of the front's own with flags of OP_MSG; returns its request id. */
void connection_pass(struct connection *connection, const void *bytes, size_t count);
int32_t connection_reply(struct connection *connection,
                         const struct connection_request *request,
                         uint32_t flags,
                         const bson_t *body);

/* Takes what the client has sent; BUFFER_GONE when it left. */
enum buffer_io connection_receive(struct connection *connection);
/* Sends what the client takes of what waits for it. */
void connection_flush(struct connection *connection);
/* What has waited for a round trip. */
void connection_tick(struct connection *connection, int64_t now_us);

/* Watches what is to be watched now, nothing of a frozen member. */
void connection_refresh(struct connection *connection);

#endif

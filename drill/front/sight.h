/*
 * sight: tells the witness, and the timeline's lanes of heartbeats and commands, what passes over a connection.
 */
#ifndef FAAS_DRILL_SIGHT_H
#define FAAS_DRILL_SIGHT_H

#include "command.h"
#include "hello.h"
#include "witness.h"

#include <bson/bson.h>

struct connection;

/* What one connection is in the middle of: at most one request is open. */
struct sight {
   size_t connection; /* of the witness */
   size_t hello;
   size_t command;
   int64_t began_us;
   char name[24];
   enum witness_hello_kind kind;
   bool introduced;
};

void sight_opened(struct connection *connection);
void sight_closed(struct connection *connection, enum witness_end end);
/* TLS stands. */
void sight_secured(struct connection *connection, unsigned round_trips);
/* A message of authentication came that is no hello. */
void sight_authenticates(struct connection *connection);

/* A request that came; exhaust: its replies are a stream. */
void sight_hello(struct connection *connection,
                 const struct wire_message *message,
                 const struct hello_request *hello,
                 bool exhaust);
void sight_command(struct connection *connection, const struct wire_message *message, const struct command *command);

/* How it was answered. reply NULL: not at all. */
void sight_answered(struct connection *connection, const bson_t *reply);

/* A stream of hellos goes on: one was answered, the next has begun. */
void sight_streams_on(struct connection *connection);

/* It wants no reply. */
void sight_unanswered(struct connection *connection);

#endif

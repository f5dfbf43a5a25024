/*
 * sight: reports what passes over a connection to the witness, and to the timeline's lanes of heartbeats and commands.
 */
#pragma once

#include "command.h"
#include "hello.h"
#include "witness.h"

#include <bson/bson.h>

struct connection;

/* The request that is open on a connection, of which there is one at most. */
struct sight {
   size_t connection; /* the witness's index of it */
   size_t hello;
   size_t command;
   int64_t began_us;
   char name[24];
   enum witness_hello_kind kind;
   bool introduced;
};

void sight_opened(struct connection *connection);
void sight_closed(struct connection *connection, enum witness_end end);

/* A request came. exhaust: its replies are a stream. */
void sight_hello(struct connection *connection,
                 const struct wire_message *message,
                 const struct hello_request *hello,
                 bool exhaust);
void sight_command(struct connection *connection, const struct wire_message *message, const struct command *command);

/* The open request was answered. reply NULL: it was not, and never will be. */
void sight_answered(struct connection *connection, const bson_t *reply);

/* A stream of hellos continues: one was answered, the next has begun. */
void sight_streams_on(struct connection *connection);

/* The open request wants no reply. */
void sight_unanswered(struct connection *connection);

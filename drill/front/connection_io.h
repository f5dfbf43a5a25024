/*
 * connection_io: the bytes that pass over a connection: to and from its client, encrypted and delayed where that is
 * asked for, and to the server behind.
 */
#pragma once

#include "connection_send.h"

#include <bson/bson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct connection_request;

/* Everything forwarded has been answered. Returns the connection to the backend, unless it is authenticated. */
void connection_spare_server(struct connection *connection);

/* Queues bytes for the server; is_first: they must be the first on a connection there. Returns false when that failed,
 * and the client's side was closed. */
bool connection_forward(struct connection *connection, const void *bytes, size_t count, bool is_first);
/* connection_pass sends the server's reply unchanged. connection_reply sends the front's own reply, with these flags of
 * OP_MSG, and returns its request id. */
void connection_pass(struct connection *connection, const void *bytes, size_t count);
int32_t connection_reply(struct connection *connection,
                         const struct connection_request *request,
                         uint32_t flags,
                         const bson_t *body);

/* Takes what the client has sent. Returns BUFFER_GONE if the client has left. */
enum buffer_io connection_receive(struct connection *connection);
/* Sends what waits for the client, as far as it accepts it and its round trip is over. */
void connection_flush(struct connection *connection);

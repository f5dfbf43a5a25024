/*
 * connection_send: sends what waits for a connection's client, and watches both sides for what can go on.
 */
#pragma once

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

struct connection;

bool connection_has_client(const struct connection *connection);

/* How many bytes wait for the client. */
size_t connection_waiting(const struct connection *connection);

/* Sends what waits, encrypted and delayed if need be, as far as the client takes it. BUFFER_GONE: the client left. */
enum buffer_io connection_send(struct connection *connection);

/* A member that closes has sent its answers: this sends those that are still delayed. */
void connection_send_rest(struct connection *connection);

/* Updates which events both sockets are watched for. For a frozen member there are none, unless the client is gone,
 * dropped or doomed. */
void connection_refresh(struct connection *connection);

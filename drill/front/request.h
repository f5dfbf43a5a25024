/*
 * request: handles a client's message and the server's reply.
 */
#pragma once

#include "connection.h"

/* resumed: the message was held back before, so it is not counted again, and faults do not hit it again. */
void request_arrived(struct connection *connection, const uint8_t *bytes, size_t length, bool resumed);
/* The client has left. A write that is held back because the member is slow is still applied. */
void request_left(struct connection *connection);
void reply_arrived(struct connection *connection, const uint8_t *bytes, size_t length);

/*
 * request: what is done with a message of a client, and with a reply of the server. Stands on set, monitoring.
 */
#ifndef FAAS_DRILL_REQUEST_H
#define FAAS_DRILL_REQUEST_H

#include "connection.h"

/* resumed: it had been held back before, it is not to be counted or hit again. */
void request_arrived(struct connection *connection, const uint8_t *bytes, size_t length, bool resumed);
/* The client left. A write that a slow member holds back is done all the same. */
void request_left(struct connection *connection);
void reply_arrived(struct connection *connection, const uint8_t *bytes, size_t length);

#endif

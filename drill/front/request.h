/*
 * request: what is done with a message of a client, and with a reply of the server. Stands on set, monitoring.
 */
#ifndef FAAS_DRILL_REQUEST_H
#define FAAS_DRILL_REQUEST_H

#include "connection.h"

/* resumed: a fault had held it back before, it is not to be counted or hit again. */
void request_arrived(struct connection *connection, const uint8_t *bytes, size_t length, bool resumed);
void reply_arrived(struct connection *connection, const uint8_t *bytes, size_t length);

#endif

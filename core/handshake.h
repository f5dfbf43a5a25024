/*
 * handshake: what the driver told the server of itself and its environment, by the client document of its first hello.
 */
#ifndef FAAS_CORE_HANDSHAKE_H
#define FAAS_CORE_HANDSHAKE_H

#include "handshake_size.h"

#include <stddef.h>

#define HANDSHAKE_ENV_NAME_MAX 32

struct handshake {
   char *client_json;                     /* the client document as extended JSON; NULL: not seen; owned */
   char env_name[HANDSHAKE_ENV_NAME_MAX]; /* client.env.name; empty: none */
   struct handshake_parts parts;
};

/* Reads the first message a driver sent (OP_QUERY isMaster or OP_MSG hello). On bytes that are neither, or carry no
 * client document, nothing is seen. */
void handshake_init(struct handshake *handshake, const unsigned char *message, size_t length);
void handshake_clear(struct handshake *handshake);

#endif

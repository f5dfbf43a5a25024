/*
 * handshake: what the driver told the server about itself and its environment: the client document of its first hello.
 */
#ifndef FAAS_CORE_HANDSHAKE_H
#define FAAS_CORE_HANDSHAKE_H

#include "handshake_size.h"

#include <stddef.h>

#define HANDSHAKE_ENV_NAME_MAX 32

struct handshake {
   char *client_json;                     /* the client document as extended JSON, owned; NULL: not seen */
   char env_name[HANDSHAKE_ENV_NAME_MAX]; /* client.env.name; empty: none */
   struct handshake_parts parts;
};

/* Reads the first message that a driver sent (OP_QUERY isMaster or OP_MSG hello). client_json stays NULL if the bytes
 * are neither, or carry no client document. */
void handshake_init(struct handshake *handshake, const unsigned char *message, size_t length);
void handshake_clear(struct handshake *handshake);

#endif

/*
 * handshake_env: what MongoDB's handshake specification ("client.env") expects in client.env, given this process's
 * environment.
 */
#ifndef FAAS_CORE_HANDSHAKE_ENV_H
#define FAAS_CORE_HANDSHAKE_ENV_H

#include <stdbool.h>
#include <stddef.h>

enum handshake_env_field {
   HANDSHAKE_ENV_NAME,
   HANDSHAKE_ENV_TIMEOUT_SEC,
   HANDSHAKE_ENV_MEMORY_MB,
   HANDSHAKE_ENV_REGION,
   HANDSHAKE_ENV_CONTAINER,
   HANDSHAKE_ENV_FIELDS
};

struct handshake_env {
   const char *name;                   /* "aws.lambda"; empty: no platform, or two at once */
   size_t bytes[HANDSHAKE_ENV_FIELDS]; /* the size of each field as BSON; 0: not expected */
};

/* BSON, "document": the size of client.env without its fields. */
#define HANDSHAKE_ENV_FRAME_BYTES (1 + sizeof "env" + 4 + 1)

/* Reads the environment as it is now; the driver reads it when it is initialised. with_container: expect the container
 * field, as libmongoc 2.1 and later send it. */
struct handshake_env handshake_env_expected(bool with_container);

/* "memory_mb" */
const char *handshake_env_field_name(enum handshake_env_field field);

#endif

/*
 * handshake_size: what a driver left out of its client document to keep it within 512 bytes, and whether it had to.
 *
 * MongoDB Handshake, "Limitations": the document must not exceed 512 bytes, and is cut in this order until it fits: env
 * to its name, os to its type, env as a whole, platform at its end. Sizes are bytes of BSON. Plain data, no driver.
 */
#ifndef FAAS_CORE_HANDSHAKE_SIZE_H
#define FAAS_CORE_HANDSHAKE_SIZE_H

#include "handshake_env.h"

#define HANDSHAKE_BYTES_MAX 512

/* A client document, taken apart. */
struct handshake_parts {
   size_t bytes; /* of all of it */
   bool has_os;
   size_t os_bytes;       /* of what os has beside its type */
   size_t platform_bytes; /* of the text */
   bool platform_after_os;
   bool has_application;           /* appName */
   bool has[HANDSHAKE_ENV_FIELDS]; /* of env; a container also outside of env */
   bool container_outside_env;     /* where libmongoc 2.2.1 and 2.6.0-dev put it */
};

enum handshake_left_out {
   LEFT_OUT_ENV, /* as a whole */
   LEFT_OUT_ENV_TIMEOUT_SEC,
   LEFT_OUT_ENV_MEMORY_MB,
   LEFT_OUT_ENV_REGION,
   LEFT_OUT_ENV_CONTAINER,
   LEFT_OUT_OS,       /* all but its type */
   LEFT_OUT_PLATFORM, /* its end */
   LEFT_OUT_COUNT
};

struct handshake_size {
   size_t bytes;                  /* of the document as it was sent */
   bool left_out[LEFT_OUT_COUNT]; /* for its size */
   bool env_missing;              /* though the environment asks for one: for its size, if so left_out says, or not */
   bool has_application;
   bool missing[LEFT_OUT_COUNT]; /* fields of an env that has its name: they would have fitted */
   bool container_outside_env;

   /* At least so large it would have been with client.env: with its name where env is missing, else with all of it. 0:
    * no part of env is missing. */
   size_t bytes_needed;
   bool exact; /* bytes_needed is all that counts: the driver cut nothing else whose length isn't known */
};

/* plain: what the same driver sends without an appName; NULL: not known, which may leave a missing env unexplained. */
void handshake_size_judge(struct handshake_size *size,
                          const struct handshake_parts *sent,
                          const struct handshake_parts *plain,
                          const struct handshake_env *expected);

/* "env.memory_mb" */
const char *handshake_left_out_name(enum handshake_left_out part);

/* "env.memory_mb, env.region, os but its type"; empty: nothing was left out. Cut to size, which may not be 0. */
void handshake_left_out_text(const struct handshake_size *size, char *text, size_t text_size);

/* The same of what is missing. */
void handshake_missing_text(const struct handshake_size *size, char *text, size_t text_size);

#endif

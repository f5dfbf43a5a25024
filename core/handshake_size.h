/*
 * handshake_size: what a driver left out of its client document to keep it within 512 bytes, and whether it had to.
 *
 * MongoDB Handshake, "Limitations": the document must not exceed 512 bytes. Drivers cut it in this order until it fits:
 * env to its name, os to its type, all of env, then the end of platform. Sizes are bytes of BSON. Plain data, no
 * driver.
 */
#ifndef FAAS_CORE_HANDSHAKE_SIZE_H
#define FAAS_CORE_HANDSHAKE_SIZE_H

#include "handshake_env.h"

#define HANDSHAKE_BYTES_MAX 512

/* The parts of a client document. */
struct handshake_parts {
   size_t bytes; /* of the whole document */
   bool has_os;
   size_t os_bytes;       /* of the fields of os other than type */
   size_t platform_bytes; /* of the text */
   bool platform_after_os;
   bool has_application;           /* appName */
   bool has[HANDSHAKE_ENV_FIELDS]; /* of env; a container outside env counts, too */
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
   size_t bytes;                  /* of the document as sent */
   bool left_out[LEFT_OUT_COUNT]; /* because of its size */
   bool env_missing;              /* though the environment asks for one; left_out says if its size is why */
   bool has_application;
   bool missing[LEFT_OUT_COUNT]; /* fields of an env that has its name, though they would have fitted */
   bool container_outside_env;

   /* The least size that the document would have had with client.env: with its name if env is missing, else with all
    * its fields. 0: no field of env had to be left out. */
   size_t bytes_needed;
   bool exact; /* bytes_needed is exact: the driver cut nothing else of unknown length */
};

/* plain is what the same driver sends without an appName; NULL: unknown, which may leave a missing env unexplained. */
void handshake_size_judge(struct handshake_size *size,
                          const struct handshake_parts *sent,
                          const struct handshake_parts *plain,
                          const struct handshake_env *expected);

/* "env.memory_mb" */
const char *handshake_left_out_name(enum handshake_left_out part);

/* "env.memory_mb, env.region, os but its type"; empty: nothing was left out. Cut to text_size, which must not be 0. */
void handshake_left_out_text(const struct handshake_size *size, char *text, size_t text_size);

/* The same for the fields that are missing. */
void handshake_missing_text(const struct handshake_size *size, char *text, size_t text_size);

#endif

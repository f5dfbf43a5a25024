/*
 * scram: the server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677): two messages of the client, two answers. All hashing
 * is OpenSSL's. Without channel binding, as MongoDB has it. Stands on nothing.
 */
#ifndef FAAS_DRILL_FRONT_SCRAM_H
#define FAAS_DRILL_FRONT_SCRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRAM_HASH 32
#define SCRAM_MESSAGE_MAX 1024
#define SCRAM_SALT_MAX 64

/* What a server keeps of a user: no password. */
struct scram_user {
   char name[64];
   uint8_t salt[SCRAM_SALT_MAX];
   size_t salt_length;
   unsigned iterations;
   uint8_t stored_key[SCRAM_HASH];
   uint8_t server_key[SCRAM_HASH];
};

/* The password as SASLprep leaves it: ASCII is left alone. False when OpenSSL fails, or what is given is too long. */
bool scram_user_init(struct scram_user *user,
                     const char *name,
                     const char *password,
                     const uint8_t *salt,
                     size_t salt_length,
                     unsigned iterations);

/* One conversation; zero is a fresh one. */
struct scram {
   bool begun;
   char header[8]; /* of GS2, in base64, as the last message has to repeat it */
   char nonce[256];
   char said[2 * SCRAM_MESSAGE_MAX + 2]; /* the first message without that header, a comma, the answer */
};

/* The first message of the client, which may hold anything. Writes the answer as a string. False: it is none, or names
 * another user. nonce: the server's part of it, NULL for a random one. */
bool scram_first(struct scram *scram,
                 const struct scram_user *user,
                 const void *message,
                 size_t length,
                 const char *nonce,
                 char answer[SCRAM_MESSAGE_MAX]);

/* The last one. False: it is none, or was made with another password. The conversation is over. */
bool scram_last(struct scram *scram,
                const struct scram_user *user,
                const void *message,
                size_t length,
                char answer[SCRAM_MESSAGE_MAX]);

#endif

/*
 * scram: the server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677): two messages of the client, two answers. OpenSSL does
 * all hashing. There is no channel binding, as in MongoDB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRAM_HASH 32
#define SCRAM_MESSAGE_MAX 1024
#define SCRAM_SALT_MAX 64

/* What a server keeps of a user, which does not include the password. */
struct scram_user {
   char name[64];
   uint8_t salt[SCRAM_SALT_MAX];
   size_t salt_length;
   unsigned iterations;
   uint8_t stored_key[SCRAM_HASH];
   uint8_t server_key[SCRAM_HASH];
};

/* password: as SASLprep leaves it, which does not change ASCII. Returns false if OpenSSL fails, or if a text or the
 * salt is too long. */
bool scram_user_init(struct scram_user *user,
                     const char *name,
                     const char *password,
                     const uint8_t *salt,
                     size_t salt_length,
                     unsigned iterations);

/* One conversation. A fresh one is all zero. */
struct scram {
   bool begun;
   char header[8]; /* the GS2 header in base64, which the last message must repeat */
   char nonce[256];
   char said[2 * SCRAM_MESSAGE_MAX + 2]; /* the first message without its header, a comma, the answer */
};

/* Reads the client's first message, which may be anything, and writes the answer as a string. Returns false if the
 * message is malformed, or names another user. nonce: the server's part of the nonce; NULL for a random one. */
bool scram_first(struct scram *scram,
                 const struct scram_user *user,
                 const void *message,
                 size_t length,
                 const char *nonce,
                 char answer[SCRAM_MESSAGE_MAX]);

/* Reads the client's last message, and writes the answer. Returns false if the message is malformed, or was made with
 * another password. The conversation is then over. */
bool scram_last(struct scram *scram,
                const struct scram_user *user,
                const void *message,
                size_t length,
                char answer[SCRAM_MESSAGE_MAX]);

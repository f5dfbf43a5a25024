#include "scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define NONCE_BYTES 24
/* Room for a decoded proof of 32 bytes: EVP_DecodeBlock writes the padding, too. */
#define DECODED_ROOM (SCRAM_HASH + 1)
#define ENCODED_HASH 44

static bool
sign(const uint8_t key[SCRAM_HASH], const char *text, uint8_t signature[SCRAM_HASH])
{
   unsigned length = SCRAM_HASH;
   return HMAC(EVP_sha256(), key, SCRAM_HASH, (const uint8_t *)text, strlen(text), signature, &length) != NULL;
}

static bool
hash(const uint8_t bytes[SCRAM_HASH], uint8_t digest[SCRAM_HASH])
{
   return EVP_Digest(bytes, SCRAM_HASH, digest, NULL, EVP_sha256(), NULL) == 1;
}

bool
scram_user_init(struct scram_user *user,
                const char *name,
                const char *password,
                const uint8_t *salt,
                size_t salt_length,
                unsigned iterations)
{
   uint8_t salted[SCRAM_HASH], client_key[SCRAM_HASH];
   *user = (struct scram_user){.iterations = iterations, .salt_length = salt_length};
   if (strlen(name) >= sizeof user->name || salt_length > sizeof user->salt) {
      return false;
   }
   memcpy(user->name, name, strlen(name) + 1);
   memcpy(user->salt, salt, salt_length);
   bool made =
      PKCS5_PBKDF2_HMAC(
         password, (int)strlen(password), salt, (int)salt_length, (int)iterations, EVP_sha256(), SCRAM_HASH, salted) ==
         1 &&
      sign(salted, "Client Key", client_key) && hash(client_key, user->stored_key) &&
      sign(salted, "Server Key", user->server_key);
   OPENSSL_cleanse(salted, sizeof salted);
   OPENSSL_cleanse(client_key, sizeof client_key);
   return made;
}

/* Copies message as a string, into room for SCRAM_MESSAGE_MAX characters. Returns false when it is empty, too long, or
 * has a NUL in it. */
static bool
copy_text(const void *message, size_t length, char *text)
{
   if (length == 0 || length >= SCRAM_MESSAGE_MAX || memchr(message, '\0', length) != NULL) {
      return false;
   }
   memcpy(text, message, length);
   text[length] = '\0';
   return true;
}

/* The value of the attribute ("r=…") at the beginning of text, up to a comma or the end. Returns NULL when another
 * attribute is there. */
static const char *
attribute(const char *text, char name, size_t *length)
{
   if (text[0] != name || text[1] != '=') {
      return NULL;
   }
   *length = strcspn(text + 2, ",");
   return text + 2;
}

/* In a name, "=2C" stands for a comma and "=3D" for an equals sign (RFC 5802, 5.1). */
static bool
names(const char *text, size_t length, const char *name)
{
   for (const char *end = text + length; text < end; name++) {
      char character = *text;
      if (character == '=' && end - text >= 3 && memcmp(text, "=2C", 3) == 0) {
         character = ',';
      } else if (character == '=' && (end - text < 3 || memcmp(text, "=3D", 3) != 0)) {
         return false;
      }
      if (*name == '\0' || character != *name) {
         return false;
      }
      text += *text == '=' ? 3 : 1;
   }
   return *name == '\0';
}

static bool
random_nonce(char text[NONCE_BYTES * 4 / 3 + 1])
{
   uint8_t bytes[NONCE_BYTES];
   return RAND_bytes(bytes, sizeof bytes) == 1 && EVP_EncodeBlock((uint8_t *)text, bytes, sizeof bytes) > 0;
}

bool
scram_first(struct scram *scram,
            const struct scram_user *user,
            const void *message,
            size_t length,
            const char *nonce,
            char answer[SCRAM_MESSAGE_MAX])
{
   char text[SCRAM_MESSAGE_MAX], own[NONCE_BYTES * 4 / 3 + 1], salt[SCRAM_SALT_MAX * 4 / 3 + 4];
   *scram = (struct scram){.begun = false};
   /* "n,,": no channel binding, no other authorization identity. "y,,": the client supports channel binding, and
    * believes that the server does not. */
   if (!copy_text(message, length, text) || (strncmp(text, "n,,", 3) != 0 && strncmp(text, "y,,", 3) != 0)) {
      return false;
   }
   const char *bare = text + 3;
   size_t name_length, nonce_length;
   const char *name = attribute(bare, 'n', &name_length);
   if (name == NULL || name[name_length] != ',' || !names(name, name_length, user->name)) {
      return false;
   }
   const char *theirs = attribute(name + name_length + 1, 'r', &nonce_length);
   if (theirs == NULL || nonce_length == 0 || (nonce == NULL && !random_nonce(own)) ||
       snprintf(scram->nonce, sizeof scram->nonce, "%.*s%s", (int)nonce_length, theirs, nonce == NULL ? own : nonce) >=
          (int)sizeof scram->nonce) {
      return false;
   }
   EVP_EncodeBlock((uint8_t *)salt, user->salt, (int)user->salt_length);
   EVP_EncodeBlock((uint8_t *)scram->header, (const uint8_t *)text, 3);
   (void)snprintf(answer, SCRAM_MESSAGE_MAX, "r=%s,s=%s,i=%u", scram->nonce, salt, user->iterations);
   (void)snprintf(scram->said, sizeof scram->said, "%s,%s", bare, answer);
   scram->begun = true;
   return true;
}

/* Decodes exactly one hash of 32 bytes from base64. */
static bool
decode_hash(const char *text, size_t length, uint8_t hash_of[SCRAM_HASH])
{
   uint8_t decoded[DECODED_ROOM];
   if (length != ENCODED_HASH || text[length - 1] != '=' || text[length - 2] == '=' ||
       EVP_DecodeBlock(decoded, (const uint8_t *)text, (int)length) != DECODED_ROOM) {
      return false;
   }
   memcpy(hash_of, decoded, SCRAM_HASH);
   return true;
}

/* Only someone who knows the client's key can make the proof, and the user has a hash of that key. */
static bool
proves(const struct scram_user *user, const char *said, const uint8_t proof[SCRAM_HASH])
{
   uint8_t signature[SCRAM_HASH], key[SCRAM_HASH], stored[SCRAM_HASH];
   if (!sign(user->stored_key, said, signature)) {
      return false;
   }
   for (size_t i = 0; i < SCRAM_HASH; i++) {
      key[i] = (uint8_t)(proof[i] ^ signature[i]);
   }
   return hash(key, stored) && CRYPTO_memcmp(stored, user->stored_key, SCRAM_HASH) == 0;
}

/* Looks for "c=HEADER,r=NONCE,p=PROOF", perhaps with extensions before the proof. Returns where ",p=" is, or NULL. */
static char *
find_proof(const struct scram *scram, char *text)
{
   size_t header_length, nonce_length;
   const char *header = attribute(text, 'c', &header_length);
   if (header == NULL || header_length != strlen(scram->header) || memcmp(header, scram->header, header_length) != 0 ||
       header[header_length] != ',') {
      return NULL;
   }
   const char *nonce = attribute(header + header_length + 1, 'r', &nonce_length);
   if (nonce == NULL || nonce_length != strlen(scram->nonce) || memcmp(nonce, scram->nonce, nonce_length) != 0) {
      return NULL;
   }
   char *last = strrchr(text, ',');
   return last == NULL || last < nonce ? NULL : last;
}

bool
scram_last(struct scram *scram,
           const struct scram_user *user,
           const void *message,
           size_t length,
           char answer[SCRAM_MESSAGE_MAX])
{
   char text[SCRAM_MESSAGE_MAX], said[sizeof scram->said + SCRAM_MESSAGE_MAX];
   uint8_t proof[SCRAM_HASH], signature[SCRAM_HASH];
   size_t proof_length;
   bool begun = scram->begun;
   scram->begun = false;
   char *end = begun && copy_text(message, length, text) ? find_proof(scram, text) : NULL;
   if (end == NULL) {
      return false;
   }
   const char *encoded = attribute(end + 1, 'p', &proof_length);
   if (encoded == NULL || !decode_hash(encoded, proof_length, proof)) {
      return false;
   }
   *end = '\0';
   (void)snprintf(said, sizeof said, "%s,%s", scram->said, text);
   char verifier[ENCODED_HASH + 1];
   if (!proves(user, said, proof) || !sign(user->server_key, said, signature)) {
      return false;
   }
   EVP_EncodeBlock((uint8_t *)verifier, signature, SCRAM_HASH);
   (void)snprintf(answer, SCRAM_MESSAGE_MAX, "v=%s", verifier);
   return true;
}

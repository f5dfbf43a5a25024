#include "users.h"

#include "document.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MECHANISM "SCRAM-SHA-256"
#define DATABASE "admin"
/* As in mongod: scramSHA256IterationCount, and salts of 28 bytes. */
#define ITERATIONS 15000
#define SALT_BYTES 28
#define CONVERSATION 1

int
users_new_password(struct users *users, struct drill_error *error)
{
   uint8_t salt[SALT_BYTES], secret[16];
   if (RAND_bytes(salt, sizeof salt) != 1 || RAND_bytes(secret, sizeof secret) != 1) {
      drill_error_set(error, "cannot create a password: OpenSSL has no random bytes");
      return -1;
   }
   for (size_t i = 0; i < sizeof secret; i++) {
      (void)snprintf(users->password + 2 * i, 3, "%02x", secret[i]);
   }
   OPENSSL_cleanse(secret, sizeof secret);
   if (!scram_user_init(&users->user, USERS_NAME, users->password, salt, sizeof salt, ITERATIONS)) {
      drill_error_set(error, "cannot create a user: OpenSSL has no PBKDF2 with SHA-256");
      return -1;
   }
   users->required = true;
   return 0;
}

void
users_clear(struct users *users)
{
   OPENSSL_cleanse(users, sizeof *users);
}

void
users_forget(struct users_conversation *conversation)
{
   free(conversation->scram);
   *conversation = (struct users_conversation){.known = false};
}

static bool
read_payload(const bson_t *body, const uint8_t **bytes, uint32_t *length)
{
   bson_iter_t field;
   bson_subtype_t subtype;
   if (!document_find(body, "payload", &field) || !BSON_ITER_HOLDS_BINARY(&field)) {
      return false;
   }
   bson_iter_binary(&field, &subtype, length, bytes);
   return true;
}

static bool
wants_no_empty_exchange(const bson_t *body)
{
   bson_iter_t option;
   return document_find(body, "options.skipEmptyExchange", &option) && bson_iter_as_bool(&option);
}

static void
append_step(bson_t *reply, bool done, const char *payload)
{
   BSON_APPEND_INT32(reply, "conversationId", CONVERSATION);
   BSON_APPEND_BOOL(reply, "done", done);
   BSON_APPEND_BINARY(reply, "payload", BSON_SUBTYPE_BINARY, (const uint8_t *)payload, (uint32_t)strlen(payload));
}

/* Appends the answer to saslStart, without ok. database: the user's. */
static bool
start(const struct users *users,
      struct users_conversation *conversation,
      const bson_t *body,
      const char *database,
      bson_t *reply)
{
   char answer[SCRAM_MESSAGE_MAX];
   const uint8_t *payload;
   uint32_t length;
   users_forget(conversation);
   conversation->ends_empty = !wants_no_empty_exchange(body);
   conversation->scram = calloc(1, sizeof *conversation->scram);
   if (conversation->scram == NULL || strcmp(document_text(body, "mechanism"), MECHANISM) != 0 ||
       strcmp(database, DATABASE) != 0 || !read_payload(body, &payload, &length) ||
       !scram_first(conversation->scram, &users->user, payload, length, NULL, answer)) {
      users_forget(conversation);
      return false;
   }
   append_step(reply, false, answer);
   return true;
}

static bool
go_on(const struct users *users, struct users_conversation *conversation, const bson_t *body, bson_t *reply)
{
   char answer[SCRAM_MESSAGE_MAX];
   const uint8_t *payload;
   uint32_t length;
   if (!read_payload(body, &payload, &length)) {
      return false;
   }
   if (conversation->proved) {
      conversation->proved = false;
      conversation->known = length == 0;
      if (conversation->known) {
         append_step(reply, true, "");
      }
      return conversation->known;
   }
   if (conversation->scram == NULL || !scram_last(conversation->scram, &users->user, payload, length, answer)) {
      return false;
   }
   free(conversation->scram);
   conversation->scram = NULL;
   conversation->proved = conversation->ends_empty;
   conversation->known = !conversation->ends_empty;
   append_step(reply, conversation->known, answer);
   return true;
}

static void
authenticate(const struct users *users,
             struct users_conversation *conversation,
             const struct command *command,
             const bson_t *body,
             bson_t *reply)
{
   bool done = false;
   if (strcmp(command->name, "saslStart") == 0) {
      if (strcmp(document_text(body, "mechanism"), MECHANISM) != 0) {
         command_append_error(reply, COMMAND_MECHANISM_UNAVAILABLE, command);
         return;
      }
      done = start(users, conversation, body, document_text(body, "$db"), reply);
   } else if (strcmp(command->name, "saslContinue") == 0) {
      done = go_on(users, conversation, body, reply);
   } else if (strcmp(command->name, "logout") == 0) {
      users_forget(conversation);
      done = true;
   }
   if (done) {
      BSON_APPEND_DOUBLE(reply, "ok", 1);
   } else {
      users_forget(conversation);
      command_append_error(reply, COMMAND_AUTHENTICATION_FAILED, command);
   }
}

/* Whether mongod lets anybody send the command (Command::requiresAuth). */
static bool
is_for_anybody(const char *name)
{
   static const char *const names[] = {"ping", "buildInfo", "buildinfo", "connectionStatus", "endSessions"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (strcmp(name, names[i]) == 0) {
         return true;
      }
   }
   return false;
}

bool
users_answer(const struct users *users,
             struct users_conversation *conversation,
             const struct command *command,
             const bson_t *body,
             bson_t *reply)
{
   if (!users->required || command->kind == COMMAND_HELLO) {
      return false;
   }
   if (command->kind == COMMAND_AUTHENTICATION) {
      authenticate(users, conversation, command, body, reply);
      return true;
   }
   if (conversation->known || is_for_anybody(command->name)) {
      return false;
   }
   command_append_error(reply, COMMAND_UNAUTHORIZED, command);
   return true;
}

void
users_append_hello(const struct users *users,
                   struct users_conversation *conversation,
                   const bson_t *body,
                   bson_t *reply)
{
   bson_t speculative;
   if (!users->required) {
      return;
   }
   if (strcmp(document_text(body, "saslSupportedMechs"), DATABASE "." USERS_NAME) == 0) {
      bson_t mechanisms = BSON_INITIALIZER;
      BSON_APPEND_UTF8(&mechanisms, "0", MECHANISM);
      BSON_APPEND_ARRAY(reply, "saslSupportedMechs", &mechanisms);
      bson_destroy(&mechanisms);
   }
   if (document_part(body, "speculativeAuthenticate", &speculative) && !conversation->known) {
      bson_t answer = BSON_INITIALIZER;
      /* If this fails, the reply has no such field, and the client asks again by saslStart. */
      if (document_has(&speculative, "saslStart") &&
          start(users, conversation, &speculative, document_text(&speculative, "db"), &answer)) {
         BSON_APPEND_DOCUMENT(reply, "speculativeAuthenticate", &answer);
      }
      bson_destroy(&answer);
   }
}

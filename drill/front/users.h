/*
 * users: the user of a set, and whether a connection has authenticated, by MongoDB's authentication commands with
 * SCRAM-SHA-256, also within a hello (MongoDB's authentication specification).
 */
#pragma once

#include "command.h"
#include "error.h"
#include "scram.h"

#include <bson/bson.h>

#include <stdbool.h>

#define USERS_NAME "drill"
#define USERS_PASSWORD_MAX 40

/* The one user of a set. All zero: there is none, and nobody needs to authenticate. */
struct users {
   bool required;
   struct scram_user user;
   char password[USERS_PASSWORD_MAX]; /* for the URI */
};

/* From now on there is a user, with a new random password. Authenticated connections stay so. */
int users_new_password(struct users *users, struct drill_error *error);
void users_clear(struct users *users);

/* The authentication state of one connection. Initially all zero. */
struct users_conversation {
   bool known; /* the client has authenticated */
   bool ends_empty;
   bool proved;         /* has authenticated, but the empty last exchange is still to come */
   struct scram *scram; /* while the conversation continues; NULL: there is none */
};

void users_forget(struct users_conversation *conversation);

/* Answers a client's command if it is an authentication command, or if the client may not send it yet. Returns whether
 * it did: reply is complete then. */
bool users_answer(const struct users *users,
                  struct users_conversation *conversation,
                  const struct command *command,
                  const bson_t *body,
                  bson_t *reply);

/* Appends to a hello's reply what its request asks about users: saslSupportedMechs, speculativeAuthenticate. */
void users_append_hello(const struct users *users,
                        struct users_conversation *conversation,
                        const bson_t *body,
                        bson_t *reply);

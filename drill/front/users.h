/*
 * users: the user of a set, and whether a connection has authenticated, by MongoDB's authentication commands with
 * SCRAM-SHA-256, also within a hello (MongoDB's authentication specification).
 */
#ifndef FAAS_DRILL_FRONT_USERS_H
#define FAAS_DRILL_FRONT_USERS_H

#include "command.h"
#include "error.h"
#include "scram.h"

#include <bson/bson.h>

#include <stdbool.h>

#define USERS_NAME "drill"
#define USERS_PASSWORD_MAX 40

/* The one user of a set. All zero: there is none, and nobody has to authenticate. */
struct users {
   bool required;
   struct scram_user user;
   char password[USERS_PASSWORD_MAX]; /* for the URI */
};

/* From now on there is a user, with a new random password. Connections that are authenticated stay so. */
int users_new_password(struct users *users, struct drill_error *error);
void users_clear(struct users *users);

/* How far the authentication of one connection is. A fresh one is all zero. */
struct users_conversation {
   bool known; /* the client has proved who it is */
   bool ends_empty;
   bool proved;         /* has done so, but the empty last exchange is still to come */
   struct scram *scram; /* while the conversation goes on; NULL: it does not */
};

void users_forget(struct users_conversation *conversation);

enum users_answer {
   USERS_PASS,    /* not answered here: the client may send it */
   USERS_ANSWERED /* reply is whole */
};

/* Answers a client's command, if it is one of authentication or the client may not send it yet. */
enum users_answer users_answer(const struct users *users,
                               struct users_conversation *conversation,
                               const struct command *command,
                               const bson_t *body,
                               bson_t *reply);

/* Appends to a hello's reply what its request asks about users: saslSupportedMechs, speculativeAuthenticate. */
void users_append_hello(const struct users *users,
                        struct users_conversation *conversation,
                        const bson_t *body,
                        bson_t *reply);

#endif

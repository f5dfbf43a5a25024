/*
 * users: a set that has a user: who a connection belongs to, by MongoDB's authentication commands with SCRAM-SHA-256,
 * also within a hello (MongoDB's authentication specification). Stands on command, hello, scram.
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

/* The one user of a set; zero: it has none, and asks nobody. */
struct users {
   bool required;
   struct scram_user user;
   char password[USERS_PASSWORD_MAX]; /* for the URI */
};

/* From now on there is a user, with a new random password. Those who are in stay in. */
int users_new_password(struct users *users, struct drill_error *error);
void users_clear(struct users *users);

/* How far one connection is; zero is a fresh one. */
struct users_conversation {
   bool known; /* the client has proved who it is */
   bool ends_empty;
   bool proved;         /* that, but for an empty last exchange */
   struct scram *scram; /* while it goes on; NULL: it does not */
};

void users_forget(struct users_conversation *conversation);

enum users_answer {
   USERS_PASS,    /* none of theirs: the client may send it */
   USERS_ANSWERED /* reply is whole */
};

/* What a command of a client is answered, if it is one of authentication or the client may not send it yet. */
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

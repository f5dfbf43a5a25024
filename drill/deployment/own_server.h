/*
 * own_server: the MongoDB server that the drill starts behind the front, and what is said when it ends.
 */
#pragma once

#include "error.h"
#include "guard.h"
#include "interruption.h"
#include "shell_command.h"

#include <stdbool.h>
#include <stdint.h>

/* What every failure means when the server is gone. */
#define OWN_SERVER_NOTHING_TO_SAY "the driver was not tested"

/* All that it points to must outlive the server. */
struct own_server_plan {
   const char *command; /* for sh, with PORT and FOLDER in its environment */
   bool embedded;       /* it is the drill's own, not the user's */
   const char *folder;  /* for the server's data and log */
   struct guard *guard;
   struct interruption *interruption;
};

/* Zeroed if there is none. */
struct own_server {
   struct own_server_plan plan;
   struct shell_command command;
   bool ended;
   int status; /* from waitpid, once it has ended */
};

/* Starts the server on a free port, and waits until it listens. Returns -1 with error set. Clear its command in any
 * case. */
int own_server_start(struct own_server *server,
                     const struct own_server_plan *plan,
                     uint16_t *port,
                     struct drill_error *error);

/* Returns -1 with error set once it has ended. when: "in phase frozen". */
int own_server_check(struct own_server *server, const char *when, struct drill_error *error);

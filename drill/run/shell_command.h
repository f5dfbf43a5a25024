/*
 * shell_command: a user's command, run by sh in a process group of its own, with what it prints kept for an error
 * message.
 */
#ifndef FAAS_DRILL_SHELL_COMMAND_H
#define FAAS_DRILL_SHELL_COMMAND_H

#include "descendants.h"
#include "error.h"
#include "guard.h"
#include "interruption.h"

#include <stdbool.h>
#include <sys/types.h>

enum shell_command_kind {
   SHELL_COMMAND_TASK,   /* comes to an end; what it leaves in the background when it ended well is the user's */
   SHELL_COMMAND_SERVER, /* all that comes of it ends with it, also what left its group and session */
};

struct shell_command_plan {
   enum shell_command_kind kind;
   const char *text;
   const char *const *variables; /* NAME=VALUE beside the drill's own, NULL at the end; may be NULL */
   const char *folder;           /* what it prints goes to FOLDER/NAME */
   const char *name;
   struct guard *guard;
};

struct shell_command {
   enum shell_command_kind kind;
   pid_t process; /* and its group; 0: none */
   struct guard *guard;
   struct descendants descendants; /* of a server, itself, too */
   char *output_path;              /* a file without name would be gone; this one is in folder */
};

int
shell_command_start(struct shell_command *command, const struct shell_command_plan *plan, struct drill_error *error);

/* True while it runs, a server also when all that is left of it is in the background. Once false, *status is as of
 * waitpid. */
bool shell_command_running(struct shell_command *command, int *status);

/* Waits for its end; kills it after timeout_ms or when interrupted. 0 when it ended with status 0. */
int shell_command_finish(struct shell_command *command,
                         const char *what,
                         unsigned timeout_ms,
                         struct interruption *interruption,
                         struct drill_error *error);

/* The last line it printed, cut to size; "" when there is none. */
void shell_command_last_line(const struct shell_command *command, char *line, size_t size);

/* Resident memory of all that comes of a server; below 0: not known. */
double shell_command_resident_mb(struct shell_command *command);

/* Kills what still runs. */
void shell_command_clear(struct shell_command *command);

#endif

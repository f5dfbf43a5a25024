/*
 * shell_command: runs a user's command by sh, in a process group of its own, and keeps its output for error messages.
 */
#pragma once

#include "descendants.h"
#include "error.h"
#include "guard.h"
#include "interruption.h"

#include <stdbool.h>
#include <sys/types.h>

enum shell_command_kind {
   SHELL_COMMAND_TASK,   /* ends by itself; after success, what it left in the background is the user's */
   SHELL_COMMAND_SERVER, /* all its descendants end with it, including those that left its group and session */
};

struct shell_command_plan {
   enum shell_command_kind kind;
   const char *text;
   const char *const *variables; /* NAME=VALUE, added to the drill's own; ends with NULL; may be NULL */
   const char *folder;           /* output goes to FOLDER/NAME */
   const char *name;
   struct guard *guard;
};

struct shell_command {
   enum shell_command_kind kind;
   pid_t process; /* and its group; 0 if none */
   struct guard *guard;
   struct descendants descendants; /* for a server; includes the server itself */
   char *output_path;              /* in plan->folder; has a name so that it can be read again */
};

int
shell_command_start(struct shell_command *command, const struct shell_command_plan *plan, struct drill_error *error);

/* Returns true while it runs. A server that exited with status 0 still runs while any descendant does. Once false,
 * *status is from waitpid. */
bool shell_command_running(struct shell_command *command, int *status);

/* Waits for the command to end, and kills it after timeout_ms or when interrupted. Returns 0 if its status was 0. */
int shell_command_finish(struct shell_command *command,
                         const char *what,
                         unsigned timeout_ms,
                         struct interruption *interruption,
                         struct drill_error *error);

/* Copies the last line it printed, cut to size; "" if there is none. */
void shell_command_last_line(const struct shell_command *command, char *line, size_t size);

/* Resident memory of a server and its descendants; below 0 if unknown. */
double shell_command_resident_mb(struct shell_command *command);

/* Kills what still runs. */
void shell_command_clear(struct shell_command *command);

/*
 * command: what a request asks for, as far as a replica set cares, and the errors a member answers itself.
 */
#ifndef FAAS_DRILL_COMMAND_H
#define FAAS_DRILL_COMMAND_H

#include "wire.h"

enum command_kind { COMMAND_HELLO, COMMAND_AUTHENTICATION, COMMAND_WRITE, COMMAND_READ, COMMAND_OTHER };

#define COMMAND_SESSION_BYTES 16

struct command {
   const char *name; /* in the message */
   enum command_kind kind;
   bool secondary_ok;
   bool retryable; /* a write in a session with a number, in no transaction */
   bool has_session;
   uint8_t session[COMMAND_SESSION_BYTES];
   int64_t transaction_number;
};

/* false for an empty command. */
bool command_read(const struct wire_message *message, struct command *command);

enum {
   COMMAND_UNSUPPORTED_QUERY = 352,
   COMMAND_OVERLOADED = 462,
   COMMAND_NOT_PRIMARY = 10107,
   COMMAND_NOT_PRIMARY_NO_SECONDARY_OK = 13435
};

/* Error codes that tell of a change of the member, which a driver looks at the topologyVersion for. */
bool command_is_state_change(int code);

/* What a function sends on its own account: no hello, no authentication, and nothing that ends sessions or cursors. */
bool command_is_of_application(const struct command *command);

/* Whether a driver is to try again after it (retryable writes and retryable reads, "Retryable Error"). */
bool command_is_retryable_error(int code);

/* Appends ok: 0 and what belongs to it; the label RetryableWriteError as a server gives it, for its codes on retryable
 * writes alone. */
void command_append_error(bson_t *reply, int code, const struct command *command);

#endif

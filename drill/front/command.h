/*
 * command: what a request asks for, as far as it concerns a replica set, and the errors with which a member answers it.
 */
#pragma once

#include "wire.h"

enum command_kind { COMMAND_HELLO, COMMAND_AUTHENTICATION, COMMAND_WRITE, COMMAND_READ, COMMAND_OTHER };

#define COMMAND_SESSION_BYTES 16

struct command {
   const char *name; /* points into the message */
   enum command_kind kind;
   bool secondary_ok;
   bool retryable; /* a write with a session and a transaction number, outside a transaction */
   bool has_session;
   uint8_t session[COMMAND_SESSION_BYTES];
   int64_t transaction_number;
};

/* Returns false for an empty command. */
bool command_read(const struct wire_message *message, struct command *command);

enum {
   COMMAND_UNAUTHORIZED = 13,
   COMMAND_AUTHENTICATION_FAILED = 18,
   COMMAND_MECHANISM_UNAVAILABLE = 334,
   COMMAND_UNSUPPORTED_QUERY = 352,
   COMMAND_OVERLOADED = 462,
   COMMAND_NOT_PRIMARY = 10107,
   COMMAND_NOT_PRIMARY_NO_SECONDARY_OK = 13435
};

/* Whether the code reports a change of the member's state. A driver compares the topologyVersion of such an error. */
bool command_is_state_change(int code);

/* Whether the function itself sent the command: it is neither hello nor authentication, and does not end sessions or
 * cursors. */
bool command_is_of_application(const struct command *command);

/* Whether a driver should retry after that error (retryable writes and retryable reads, "Retryable Error"). */
bool command_is_retryable_error(int code);

/* Appends ok: 0, the code and the fields that go with it. Adds the label RetryableWriteError as a server does: only for
 * certain codes, and only on retryable writes. */
void command_append_error(bson_t *reply, int code, const struct command *command);

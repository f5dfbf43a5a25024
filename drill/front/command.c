#include "command.h"

#include "document.h"

#include <stdio.h>
#include <string.h>

static const struct {
   const char *name;
   enum command_kind kind;
} known[] = {
   {"hello", COMMAND_HELLO},
   {"isMaster", COMMAND_HELLO},
   {"ismaster", COMMAND_HELLO},
   {"saslStart", COMMAND_AUTHENTICATION},
   {"saslContinue", COMMAND_AUTHENTICATION},
   {"authenticate", COMMAND_AUTHENTICATION},
   {"logout", COMMAND_AUTHENTICATION},
   {"insert", COMMAND_WRITE},
   {"update", COMMAND_WRITE},
   {"delete", COMMAND_WRITE},
   {"findAndModify", COMMAND_WRITE},
   {"findandmodify", COMMAND_WRITE},
   {"bulkWrite", COMMAND_WRITE},
   {"create", COMMAND_WRITE},
   {"drop", COMMAND_WRITE},
   {"dropDatabase", COMMAND_WRITE},
   {"createIndexes", COMMAND_WRITE},
   {"dropIndexes", COMMAND_WRITE},
   {"collMod", COMMAND_WRITE},
   {"renameCollection", COMMAND_WRITE},
   {"commitTransaction", COMMAND_WRITE},
   {"abortTransaction", COMMAND_WRITE},
   {"find", COMMAND_READ},
   {"count", COMMAND_READ},
   {"distinct", COMMAND_READ},
   {"aggregate", COMMAND_READ},
   {"listCollections", COMMAND_READ},
   {"listDatabases", COMMAND_READ},
   {"listIndexes", COMMAND_READ},
};

/* From the server's error_codes.yml. retryable is as in the retryable writes specification, "Determining Retryable
 * Errors". */
static const struct error {
   int code;
   const char *name;
   const char *message;
   bool retryable;
   bool state_change;
} errors[] = {
   {6, "HostUnreachable", "host unreachable", true, false},
   {7, "HostNotFound", "host not found", true, false},
   {COMMAND_UNAUTHORIZED, "Unauthorized", "Command requires authentication", false, false},
   {COMMAND_AUTHENTICATION_FAILED, "AuthenticationFailed", "Authentication failed.", false, false},
   {50, "MaxTimeMSExpired", "operation exceeded time limit", false, false},
   {89, "NetworkTimeout", "network timeout", true, false},
   {91, "ShutdownInProgress", "The server is in quiesce mode and will shut down", true, true},
   {189, "PrimarySteppedDown", "primary stepped down", true, true},
   {262, "ExceededTimeLimit", "exceeded time limit", true, false},
   {COMMAND_MECHANISM_UNAVAILABLE,
    "MechanismUnavailable",
    "this user can authenticate with SCRAM-SHA-256 only; set authMechanism to that, or leave it out",
    false,
    false},
   {COMMAND_UNSUPPORTED_QUERY,
    "UnsupportedOpQueryCommand",
    "OP_QUERY is no longer supported; the client driver may require an upgrade",
    false,
    false},
   /* Not in that specification: its labels are those of client-backpressure, "Retryable Overload Error". */
   {COMMAND_OVERLOADED,
    "IngressRequestRateLimitExceeded",
    "Rate limiter 'ingressRequestRateLimiter' rate exceeded",
    false,
    false},
   {9001, "SocketException", "socket exception", true, false},
   {10058, "LegacyNotPrimary", "not primary", false, true},
   {COMMAND_NOT_PRIMARY, "NotWritablePrimary", "not primary", true, true},
   {11600, "InterruptedAtShutdown", "interrupted at shutdown", true, true},
   {11602, "InterruptedDueToReplStateChange", "operation was interrupted", true, true},
   {COMMAND_NOT_PRIMARY_NO_SECONDARY_OK, "NotPrimaryNoSecondaryOk", "not primary and secondaryOk=false", true, true},
   {13436, "NotPrimaryOrSecondary", "node is not in primary or recovering state", true, true},
};

static const struct error *
find_error(int code)
{
   static const struct error unknown = {0, "UnknownError", "fault set at the front", false, false};
   for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
      if (errors[i].code == code) {
         return &errors[i];
      }
   }
   return &unknown;
}

static enum command_kind
kind_of(const char *name)
{
   for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
      if (strcmp(known[i].name, name) == 0) {
         return known[i].kind;
      }
   }
   return COMMAND_OTHER;
}

static bool
reads_secondaries(const bson_t *body)
{
   const char *mode = document_text(body, "$readPreference.mode");
   return mode[0] != '\0' && strcmp(mode, "primary") != 0;
}

/* Returns false when the id is missing or not a UUID. */
static bool
read_session_id(const bson_t *body, uint8_t *session)
{
   bson_iter_t id;
   if (!document_find(body, "lsid.id", &id) || !BSON_ITER_HOLDS_BINARY(&id)) {
      return false;
   }
   bson_subtype_t subtype;
   uint32_t length = 0;
   const uint8_t *bytes = NULL;
   bson_iter_binary(&id, &subtype, &length, &bytes);
   if (length == COMMAND_SESSION_BYTES) {
      memcpy(session, bytes, COMMAND_SESSION_BYTES);
   }
   return length == COMMAND_SESSION_BYTES;
}

static void
read_session(const bson_t *body, struct command *command)
{
   bson_iter_t number;
   command->has_session = document_has(body, "lsid");
   bool has_id = command->has_session && read_session_id(body, command->session);
   if (!document_has(body, "autocommit") && document_find(body, "txnNumber", &number) && BSON_ITER_HOLDS_INT(&number)) {
      command->transaction_number = bson_iter_as_int64(&number);
      command->retryable = has_id;
   }
}

bool
command_read(const struct wire_message *message, struct command *command)
{
   *command = (struct command){0};
   bson_iter_t iterator;
   if (!bson_iter_init(&iterator, &message->body) || !bson_iter_next(&iterator)) {
      return false;
   }
   command->name = bson_iter_key(&iterator);
   command->kind = kind_of(command->name);
   command->secondary_ok =
      message->opcode == WIRE_OP_QUERY ? (message->flags & WIRE_SECONDARY_OK) != 0 : reads_secondaries(&message->body);
   read_session(&message->body, command);
   return true;
}

bool
command_is_state_change(int code)
{
   return find_error(code)->state_change;
}

bool
command_is_retryable_error(int code)
{
   return find_error(code)->retryable;
}

bool
command_is_of_application(const struct command *command)
{
   return command->kind != COMMAND_HELLO && command->kind != COMMAND_AUTHENTICATION &&
          strcmp(command->name, "endSessions") != 0 && strcmp(command->name, "killCursors") != 0;
}

static const char *const overload_labels[] = {"SystemOverloadedError", "RetryableError", NULL};
static const char *const write_labels[] = {"RetryableWriteError", NULL};

static void
append_labels(bson_t *reply, const char *const *names)
{
   bson_t labels = BSON_INITIALIZER;
   for (unsigned i = 0; names[i] != NULL; i++) {
      char key[12];
      (void)snprintf(key, sizeof key, "%u", i);
      BSON_APPEND_UTF8(&labels, key, names[i]);
   }
   BSON_APPEND_ARRAY(reply, "errorLabels", &labels);
   bson_destroy(&labels);
}

void
command_append_error(bson_t *reply, int code, const struct command *command)
{
   const struct error *error = find_error(code);
   BSON_APPEND_DOUBLE(reply, "ok", 0);
   BSON_APPEND_INT32(reply, "code", code);
   BSON_APPEND_UTF8(reply, "codeName", error->name);
   BSON_APPEND_UTF8(reply, "errmsg", error->message);
   if (code == COMMAND_OVERLOADED) {
      append_labels(reply, overload_labels);
   } else if (error->retryable && command->retryable) {
      append_labels(reply, write_labels);
   }
}

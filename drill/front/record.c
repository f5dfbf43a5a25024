#include "record.h"

#include "clock.h"
#include "document.h"
#include "room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* About 90 MB. */
#define WRITES_MAX 1000000
/* maxWriteBatchSize of a server. */
#define BATCH_MAX 100000

/* The last transaction number of a session that was seen applied. A session has one command at a time, and its numbers
 * grow, so a number that is not above the last is a retry. */
struct session {
   uint8_t id[COMMAND_SESSION_BYTES];
   int64_t last;
};

struct record {
   struct witness_write *writes;
   size_t count;
   struct session *sessions;
   size_t session_count;
   size_t session_at; /* of the session found last, which is usually the next one, too */
   bool incomplete;
};

struct record_write {
   bool is_delete;
   bool retryable;
   char collection[sizeof((struct witness_write *)NULL)->collection];
   uint8_t session[COMMAND_SESSION_BYTES];
   int64_t transaction_number;
   size_t count;
   char (*ids)[25];
   bool incomplete;
};

struct record *
record_new(void)
{
   return calloc(1, sizeof(struct record));
}

void
record_destroy(struct record *record)
{
   if (record == NULL) {
      return;
   }
   free(record->writes);
   free(record->sessions);
   free(record);
}

void
record_write_destroy(struct record_write *write)
{
   if (write != NULL) {
      free(write->ids);
      free(write);
   }
}

/* The hash of type and value is FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). */
static void
hash_id(const bson_iter_t *field, char *id, size_t size)
{
   bson_t value = BSON_INITIALIZER;
   uint64_t hash = 0xcbf29ce484222325;
   if (bson_append_iter(&value, "", 0, field)) {
      const uint8_t *bytes = bson_get_data(&value);
      for (uint32_t i = 0; i < value.len; i++) {
         hash = (hash ^ bytes[i]) * 0x100000001b3;
      }
   }
   bson_destroy(&value);
   snprintf(id, size, "#%016llx", (unsigned long long)hash);
}

static void
add_id(struct record_write *write, const bson_t *document, const char *key)
{
   if (!room_for_one(&write->ids, write->count, sizeof *write->ids, BATCH_MAX)) {
      write->incomplete = true;
      return;
   }
   char *id = write->ids[write->count++];
   id[0] = '\0';
   bson_iter_t field;
   if (!document_find(document, key, &field)) {
      return;
   }
   if (BSON_ITER_HOLDS_OID(&field)) {
      bson_oid_to_string(bson_iter_oid(&field), id);
   } else {
      hash_id(&field, id, sizeof *write->ids);
   }
}

struct record_write *
record_write_new(struct record *record, const struct wire_message *message, const struct command *command)
{
   bool is_delete = strcmp(command->name, "delete") == 0;
   struct wire_documents documents;
   if ((!is_delete && strcmp(command->name, "insert") != 0) ||
       !wire_documents_init(&documents, message, is_delete ? "deletes" : "documents")) {
      return NULL;
   }
   struct record_write *write = calloc(1, sizeof *write);
   if (write == NULL) {
      record->incomplete = true;
      return NULL;
   }
   write->is_delete = is_delete;
   write->retryable = command->retryable;
   memcpy(write->session, command->session, sizeof write->session);
   write->transaction_number = command->transaction_number;
   snprintf(write->collection,
            sizeof write->collection,
            "%s.%s",
            document_text(&message->body, "$db"),
            document_text(&message->body, command->name));
   bson_t document;
   while (wire_documents_next(&documents, &document)) {
      add_id(write, &document, is_delete ? "q._id" : "_id");
   }
   return write;
}

static struct session *
find_session(struct record *record, const uint8_t *id)
{
   for (size_t i = 0; i < record->session_count; i++) {
      size_t at = (record->session_at + i) % record->session_count;
      if (memcmp(record->sessions[at].id, id, COMMAND_SESSION_BYTES) == 0) {
         record->session_at = at;
         return &record->sessions[at];
      }
   }
   if (!room_for_one(&record->sessions, record->session_count, sizeof *record->sessions, WRITES_MAX)) {
      record->incomplete = true;
      return NULL;
   }
   struct session *session = &record->sessions[record->session_count++];
   memcpy(session->id, id, COMMAND_SESSION_BYTES);
   session->last = -1;
   return session;
}

static bool
is_retry(struct record *record, const struct record_write *write)
{
   struct session *session = write->retryable ? find_session(record, write->session) : NULL;
   if (session == NULL) {
      return false;
   }
   if (write->transaction_number <= session->last) {
      return true;
   }
   session->last = write->transaction_number;
   return false;
}

/* How many documents the server wrote for the element at index. The reply to inserts names those that failed. The reply
 * to deletes has one number for all, which the first element gets. */
static int
acknowledged(const struct record_write *write, const bson_t *reply, size_t index)
{
   int n = document_number(reply, "n", 0);
   if (n == (int)write->count) {
      return 1;
   }
   if (write->is_delete) {
      return index == 0 ? n : 0;
   }
   return (int)index < document_number(reply, "writeErrors.0.index", n) ? 1 : 0;
}

void
record_add(
   struct record *record, const struct record_write *write, const bson_t *reply, bool reply_lost, uint16_t client_port)
{
   if (reply != NULL && document_number(reply, "ok", 0) != 1) {
      return;
   }
   bool retry = is_retry(record, write);
   record->incomplete = record->incomplete || write->incomplete;
   for (size_t i = 0; i < write->count; i++) {
      if (!room_for_one(&record->writes, record->count, sizeof *record->writes, WRITES_MAX)) {
         record->incomplete = true;
         return;
      }
      struct witness_write *to = &record->writes[record->count++];
      *to = (struct witness_write){
         .at_us = clock_now_us(),
         .is_delete = write->is_delete,
         .n = reply == NULL ? -1 : acknowledged(write, reply, i),
         .reply_lost = reply_lost,
         .retry = retry,
         .client_port = client_port,
      };
      memcpy(to->id, write->ids[i], sizeof to->id);
      memcpy(to->collection, write->collection, sizeof to->collection);
   }
}

struct witness_write *
record_copy(struct record *record, size_t *count, bool *complete)
{
   struct witness_write *copy = record->count == 0 ? NULL : malloc(record->count * sizeof *copy);
   record->incomplete = record->incomplete || (copy == NULL && record->count > 0);
   if (complete != NULL) {
      *complete = !record->incomplete;
   }
   *count = copy == NULL ? 0 : record->count;
   if (copy != NULL) {
      memcpy(copy, record->writes, record->count * sizeof *copy);
   }
   return copy;
}

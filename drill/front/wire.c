#include "wire.h"

#include "le32.h"

#include <string.h>

static int32_t
read_i32(const uint8_t *bytes)
{
   uint32_t value = le32_read(bytes);
   int32_t result;
   memcpy(&result, &value, sizeof result);
   return result;
}

int32_t
wire_length(const uint8_t *bytes, size_t count)
{
   if (count < 4) {
      return 0;
   }
   int32_t length = read_i32(bytes);
   return length < WIRE_HEADER || length > WIRE_MESSAGE_MAX ? -1 : length;
}

/* Reads one document at the beginning of bytes. Returns its length, or 0 if there is none. */
static size_t
read_document(const uint8_t *bytes, size_t count, bson_t *document)
{
   if (count < 5) {
      return 0;
   }
   size_t length = le32_read(bytes);
   return length >= 5 && length <= count && bson_init_static(document, bytes, length) ? length : 0;
}

/* Reads a section of kind 1: int32 size, which includes itself; a name; documents. Returns how many bytes it takes up.
 */
static size_t
read_sequence(const uint8_t *bytes, size_t count, struct wire_sequence *sequence)
{
   if (count < 4) {
      return 0;
   }
   size_t size = le32_read(bytes);
   if (size < 5 || size > count) {
      return 0;
   }
   const uint8_t *end = memchr(bytes + 4, '\0', size - 4);
   if (end == NULL) {
      return 0;
   }
   sequence->name = (const char *)bytes + 4;
   sequence->bytes = end + 1;
   sequence->length = size - (size_t)(sequence->bytes - bytes);
   return size;
}

static bool
parse_msg(const uint8_t *bytes, size_t count, struct wire_message *message)
{
   if (count < 4) {
      return false;
   }
   message->flags = le32_read(bytes);
   size_t checksum = (message->flags & WIRE_CHECKSUM_PRESENT) != 0 ? 4 : 0;
   if (count < 4 + checksum) {
      return false;
   }
   bytes += 4;
   count -= 4 + checksum;
   bool has_body = false;
   while (count > 0) {
      uint8_t kind = bytes[0];
      size_t used = 0;
      if (kind == 0 && !has_body) {
         used = read_document(bytes + 1, count - 1, &message->body);
         has_body = true;
      } else if (kind == 1 && message->sequence_count < WIRE_SEQUENCES_MAX) {
         used = read_sequence(bytes + 1, count - 1, &message->sequences[message->sequence_count++]);
      }
      if (used == 0) {
         return false;
      }
      bytes += used + 1;
      count -= used + 1;
   }
   return has_body;
}

/* OP_QUERY: flags, collection, skip, number to return, document, perhaps one more with the fields wanted. */
static bool
parse_query(const uint8_t *bytes, size_t count, struct wire_message *message)
{
   const uint8_t *end = count < 5 ? NULL : memchr(bytes + 4, '\0', count - 4);
   if (end == NULL) {
      return false;
   }
   message->flags = le32_read(bytes);
   size_t used = (size_t)(end + 1 - bytes) + 8;
   return used < count && read_document(bytes + used, count - used, &message->body) > 0;
}

/* OP_REPLY: flags, cursor (8), starting from, number returned, documents. */
static bool
parse_reply(const uint8_t *bytes, size_t count, struct wire_message *message)
{
   return count > 20 && read_i32(bytes + 16) == 1 &&
          read_document(bytes + 20, count - 20, &message->body) == count - 20;
}

bool
wire_parse(const uint8_t *bytes, size_t length, struct wire_message *message)
{
   if (length < WIRE_HEADER || wire_length(bytes, length) < 0 || (size_t)wire_length(bytes, length) != length) {
      return false;
   }
   memset(message, 0, sizeof *message);
   message->request_id = read_i32(bytes + 4);
   message->response_to = read_i32(bytes + 8);
   message->opcode = read_i32(bytes + 12);
   bytes += WIRE_HEADER;
   length -= WIRE_HEADER;
   switch (message->opcode) {
   case WIRE_OP_MSG:
      return parse_msg(bytes, length, message);
   case WIRE_OP_QUERY:
      return parse_query(bytes, length, message);
   case WIRE_OP_REPLY:
      return parse_reply(bytes, length, message);
   default:
      return false;
   }
}

bool
wire_documents_init(struct wire_documents *documents, const struct wire_message *message, const char *name)
{
   memset(documents, 0, sizeof *documents);
   for (size_t i = 0; i < message->sequence_count; i++) {
      if (strcmp(message->sequences[i].name, name) == 0) {
         documents->bytes = message->sequences[i].bytes;
         documents->left = message->sequences[i].length;
         return true;
      }
   }
   bson_iter_t array;
   documents->in_body = true;
   return bson_iter_init_find(&array, &message->body, name) && BSON_ITER_HOLDS_ARRAY(&array) &&
          bson_iter_recurse(&array, &documents->iterator);
}

bool
wire_documents_next(struct wire_documents *documents, bson_t *document)
{
   if (!documents->in_body) {
      size_t used = read_document(documents->bytes, documents->left, document);
      if (used > 0) {
         documents->bytes += used;
         documents->left -= used;
      }
      return used > 0;
   }
   if (!bson_iter_next(&documents->iterator) || !BSON_ITER_HOLDS_DOCUMENT(&documents->iterator)) {
      return false;
   }
   const uint8_t *bytes;
   uint32_t length;
   bson_iter_document(&documents->iterator, &length, &bytes);
   return bson_init_static(document, bytes, length);
}

static bool
append(struct buffer *buffer, uint8_t *head, size_t head_length, const bson_t *body)
{
   le32_write(head, (uint32_t)head_length + body->len);
   return buffer_append(buffer, head, head_length) && buffer_append(buffer, bson_get_data(body), body->len);
}

bool
wire_append_msg(struct buffer *buffer, int32_t request_id, int32_t response_to, uint32_t flags, const bson_t *body)
{
   uint8_t head[WIRE_HEADER + 5] = {0};
   le32_write(head + 4, (uint32_t)request_id);
   le32_write(head + 8, (uint32_t)response_to);
   le32_write(head + 12, WIRE_OP_MSG);
   le32_write(head + 16, flags);
   return append(buffer, head, sizeof head, body);
}

bool
wire_append_reply(struct buffer *buffer, int32_t request_id, int32_t response_to, const bson_t *body)
{
   uint8_t head[WIRE_HEADER + 20] = {0};
   le32_write(head + 4, (uint32_t)request_id);
   le32_write(head + 8, (uint32_t)response_to);
   le32_write(head + 12, WIRE_OP_REPLY);
   le32_write(head + 16, 8); /* AwaitCapable, which servers always set */
   le32_write(head + 32, 1);
   return append(buffer, head, sizeof head, body);
}

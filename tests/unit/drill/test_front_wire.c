/* The front's wire protocol: valid messages, their content, and invalid ones. */
#include "bson_of.h"
#include "le32.h"
#include "wire.h"

/* An OP_MSG with a ping, and a sequence of two documents if wanted. */
static struct buffer
message_of(uint32_t flags, bool with_sequence)
{
   struct buffer buffer = {0};
   bson_t *body = bson_of("{'ping': 1}");
   bson_t *document = bson_of("{'_id': 7}");
   assert_true(wire_append_msg(&buffer, 11, 12, flags, body));
   if (with_sequence) {
      static const char name[] = "documents";
      uint8_t head[5] = {1};
      le32_write(head + 1, (uint32_t)(4 + sizeof name + 2 * document->len));
      assert_true(buffer_append(&buffer, head, sizeof head));
      assert_true(buffer_append(&buffer, name, sizeof name));
      assert_true(buffer_append(&buffer, bson_get_data(document), document->len));
      assert_true(buffer_append(&buffer, bson_get_data(document), document->len));
   }
   le32_write(buffer.memory, (uint32_t)buffer.length);
   bson_destroy(body);
   bson_destroy(document);
   return buffer;
}

TEST(reads_what_it_writes)
{
   struct buffer buffer = message_of(WIRE_MORE_TO_COME, false);
   struct wire_message message;
   assert_true(wire_parse(buffer_bytes(&buffer), buffer.length, &message));
   assert_int_equal(message.request_id, 11);
   assert_int_equal(message.response_to, 12);
   assert_int_equal(message.opcode, WIRE_OP_MSG);
   assert_int_equal(message.flags, WIRE_MORE_TO_COME);
   assert_true(bson_has_field(&message.body, "ping"));
   buffer_clear(&buffer);
   bson_t body = BSON_INITIALIZER;
   assert_true(wire_append_reply(&buffer, 1, 2, &body));
   assert_true(wire_parse(buffer_bytes(&buffer), buffer.length, &message));
   assert_int_equal(message.opcode, WIRE_OP_REPLY);
   bson_destroy(&body);
   buffer_clear(&buffer);
}

TEST(tells_lengths)
{
   uint8_t bytes[4] = {0};
   assert_int_equal(wire_length(bytes, 3), 0);
   const struct {
      uint32_t written;
      int32_t told;
   } cases[] = {{16, 16}, {WIRE_MESSAGE_MAX, WIRE_MESSAGE_MAX}, {15, -1}, {WIRE_MESSAGE_MAX + 1, -1}, {UINT32_MAX, -1}};
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      le32_write(bytes, cases[i].written);
      assert_int_equal(wire_length(bytes, sizeof bytes), cases[i].told);
   }
}

static size_t
count_documents(const struct wire_message *message, const char *name)
{
   struct wire_documents documents;
   bson_t document;
   size_t count = 0;
   if (wire_documents_init(&documents, message, name)) {
      while (wire_documents_next(&documents, &document)) {
         assert_true(bson_has_field(&document, "_id"));
         count++;
      }
   }
   return count;
}

TEST(finds_documents_in_sequences_and_arrays)
{
   struct buffer buffer = message_of(0, true);
   struct wire_message message;
   assert_true(wire_parse(buffer_bytes(&buffer), buffer.length, &message));
   assert_int_equal(count_documents(&message, "documents"), 2);
   assert_int_equal(count_documents(&message, "deletes"), 0);
   buffer_clear(&buffer);
   bson_t *body = bson_of("{'insert': 'c', 'documents': [{'_id': 1}, {'_id': 2}]}");
   assert_true(wire_append_msg(&buffer, 1, 0, 0, body));
   assert_true(wire_parse(buffer_bytes(&buffer), buffer.length, &message));
   assert_int_equal(count_documents(&message, "documents"), 2);
   assert_int_equal(count_documents(&message, "insert"), 0);
   bson_destroy(body);
   buffer_clear(&buffer);
}

/* Each in a block of exactly its size, so that a sanitizer sees any read beyond it. */
TEST(no_beginning_of_a_message_is_one)
{
   struct buffer whole = message_of(0, true);
   struct buffer without_sequence = message_of(0, false);
   for (size_t length = 0; length < whole.length; length++) {
      uint8_t *part = malloc(length + 1);
      memcpy(part, whole.memory, length);
      if (length >= 4) {
         le32_write(part, (uint32_t)length);
      }
      struct wire_message message;
      assert_int_equal(wire_parse(part, length, &message), length == without_sequence.length);
      free(part);
   }
   buffer_clear(&without_sequence);
   buffer_clear(&whole);
}

TEST(no_flipped_byte_steps_over_the_end)
{
   struct buffer whole = message_of(0, true);
   for (size_t at = 4; at < whole.length; at++) {
      for (unsigned change = 1; change < 256; change += 7) {
         uint8_t *copy = malloc(whole.length);
         memcpy(copy, whole.memory, whole.length);
         copy[at] = (uint8_t)(copy[at] ^ change);
         struct wire_message message;
         struct wire_documents documents;
         bson_t document;
         if (wire_parse(copy, whole.length, &message) && wire_documents_init(&documents, &message, "documents")) {
            while (wire_documents_next(&documents, &document)) {
            }
         }
         free(copy);
      }
   }
   buffer_clear(&whole);
}

TEST(buffers_keep_order)
{
   struct buffer buffer = {0};
   uint8_t next_in = 0;
   uint8_t next_out = 0;
   for (int round = 0; round < 200; round++) {
      uint8_t bytes[37];
      for (size_t i = 0; i < sizeof bytes; i++) {
         bytes[i] = next_in++;
      }
      assert_true(buffer_append(&buffer, bytes, sizeof bytes));
      for (int i = 0; i < 31; i++) {
         assert_int_equal(*buffer_bytes(&buffer), next_out++);
         buffer_consume(&buffer, 1);
      }
   }
   assert_int_equal(buffer.length, 200 * (37 - 31));
   buffer_clear(&buffer);
   assert_null(buffer_bytes(&buffer));
}

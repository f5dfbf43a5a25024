/* The front's record: which documents of a command were written by the server's reply, and which attempt is a retry. */
#include "record.h"
#include "test_main.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

static struct record *record;

static void
set_up(void)
{
   record = record_new();
   assert_non_null(record);
}

static void
tear_down(void)
{
   record_destroy(record);
}

TEST_FIXTURE(set_up, tear_down)

/* Passes one command through the record; takes ownership of both documents. */
static void
add(bson_t *body, bson_t *reply, bool reply_lost)
{
   struct buffer buffer = {0};
   struct wire_message message;
   struct command command;
   assert_true(wire_append_msg(&buffer, 1, 0, 0, body));
   assert_true(wire_parse(buffer_bytes(&buffer), buffer.length, &message));
   assert_true(command_read(&message, &command));
   struct record_write *write = record_write_new(record, &message, &command);
   if (write != NULL) {
      record_add(record, write, reply, reply_lost, 7);
   }
   record_write_destroy(write);
   buffer_clear(&buffer);
   bson_destroy(body);
   bson_destroy(reply);
}

static bson_t *
acknowledgement(int n)
{
   return BCON_NEW("n", BCON_INT32(n), "ok", BCON_DOUBLE(1));
}

TEST(writes_name_their_collection)
{
   char longest[80];
   memset(longest, 'x', sizeof longest - 1);
   longest[sizeof longest - 1] = '\0';
   const struct {
      const char *database;
      const char *collection;
      const char *expected;
   } cases[] = {
      {"faas", "lambda", "faas.lambda"},
      {"faas", "lambda2", "faas.lambda2"},
      {"shop", longest, "shop.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
   };
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      bson_t *insert = BCON_NEW("insert",
                                BCON_UTF8(cases[i].collection),
                                "$db",
                                BCON_UTF8(cases[i].database),
                                "documents",
                                "[",
                                "{",
                                "_id",
                                BCON_INT32(1),
                                "}",
                                "]");
      add(insert, acknowledgement(1), false);
   }
   size_t count;
   struct front_write *writes = record_copy(record, &count);
   assert_int_equal(count, sizeof cases / sizeof *cases);
   for (size_t i = 0; i < count; i++) {
      assert_string_equal(writes[i].collection, cases[i].expected);
   }
   free(writes);
}

static bson_t *
insert_of(uint8_t session, int64_t number)
{
   uint8_t id[16] = {session};
   bson_t *body = BCON_NEW("insert",
                           "c",
                           "lsid",
                           "{",
                           "id",
                           BCON_BIN(BSON_SUBTYPE_UUID, id, sizeof id),
                           "}",
                           "txnNumber",
                           BCON_INT64(number),
                           "documents",
                           "[",
                           "{",
                           "_id",
                           BCON_INT32(1),
                           "}",
                           "]");
   return body;
}

static size_t
recorded(struct front_write *writes, size_t most)
{
   size_t count;
   struct front_write *copy = record_copy(record, &count);
   assert_true(count <= most);
   for (size_t i = 0; i < count; i++) {
      writes[i] = copy[i];
   }
   free(copy);
   return count;
}

TEST(retries_are_told_by_session_and_number)
{
   const struct {
      uint8_t session;
      int64_t number;
      bool retry;
   } cases[] = {{1, 1, false}, {1, 1, true}, {2, 1, false}, {1, 2, false}, {2, 1, true}, {1, 2, true}, {1, 3, false}};
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      add(insert_of(cases[i].session, cases[i].number), acknowledgement(1), i == 0);
   }
   struct front_write writes[8];
   assert_int_equal(recorded(writes, 8), sizeof cases / sizeof *cases);
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      assert_int_equal(writes[i].retry, cases[i].retry);
      assert_int_equal(writes[i].reply_lost, i == 0);
      assert_int_equal(writes[i].client_port, 7);
   }
}

TEST(what_failed_is_no_write)
{
   add(insert_of(1, 1), BCON_NEW("ok", BCON_DOUBLE(0), "code", BCON_INT32(13)), false);
   add(BCON_NEW("find", "c"), acknowledgement(1), false);
   add(BCON_NEW("insert", "c", "documents", "none"), acknowledgement(1), false);
   struct front_write writes[1];
   assert_int_equal(recorded(writes, 1), 0);
   add(insert_of(1, 1), acknowledgement(1), false);
   assert_int_equal(recorded(writes, 1), 1);
   assert_false(writes[0].retry);
}

TEST(no_reply_is_no_number)
{
   add(insert_of(1, 1), NULL, true);
   struct front_write writes[1];
   assert_int_equal(recorded(writes, 1), 1);
   assert_int_equal(writes[0].n, -1);
   assert_true(writes[0].reply_lost);
}

TEST(a_batch_that_broke_off)
{
   bson_oid_t id;
   bson_oid_init_from_string(&id, "0123456789abcdef01234567");
   add(BCON_NEW("insert",
                "c",
                "documents",
                "[",
                "{",
                "_id",
                BCON_OID(&id),
                "}",
                "{",
                "_id",
                BCON_INT32(1),
                "}",
                "{",
                "_id",
                BCON_INT32(2),
                "}",
                "]"),
       BCON_NEW("n", BCON_INT32(1), "writeErrors", "[", "{", "index", BCON_INT32(1), "}", "]", "ok", BCON_INT32(1)),
       false);
   struct front_write writes[3];
   assert_int_equal(recorded(writes, 3), 3);
   assert_string_equal(writes[0].id, "0123456789abcdef01234567");
   /* An _id of any type has its own name. */
   assert_string_equal(writes[1].id, "#e0e0da64c8a1f70d");
   assert_string_not_equal(writes[1].id, writes[2].id);
   assert_int_equal(writes[0].n, 1);
   assert_int_equal(writes[1].n + writes[2].n, 0);
}

TEST(deletes_are_acknowledged_together)
{
   bson_oid_t id;
   bson_oid_init_from_string(&id, "0123456789abcdef01234567");
   add(BCON_NEW(
          "delete", "c", "deletes", "[", "{", "q", "{", "_id", BCON_OID(&id), "}", "}", "{", "q", "{", "}", "}", "]"),
       acknowledgement(5),
       false);
   struct front_write writes[2];
   assert_int_equal(recorded(writes, 2), 2);
   assert_true(writes[0].is_delete);
   assert_string_equal(writes[0].id, "0123456789abcdef01234567");
   assert_int_equal(writes[0].n, 5);
   assert_int_equal(writes[1].n, 0);
}

TEST(numbers_beyond_an_int)
{
   static const int64_t numbers[] = {INT64_MAX, INT64_C(1) << 32, INT64_MIN};
   static const double doubles[] = {1e300, -1e300, NAN};
   struct front_write writes[10];
   add(insert_of(1, 1), BCON_NEW("n", BCON_INT32(1), "ok", BCON_INT64((INT64_C(1) << 32) + 1)), false);
   assert_int_equal(recorded(writes, 10), 0);
   for (size_t i = 0; i < 3; i++) {
      add(BCON_NEW("delete", "c", "deletes", "[", "{", "}", "{", "}", "]"),
          BCON_NEW("n", BCON_INT64(numbers[i]), "ok", BCON_INT32(1)),
          false);
      add(BCON_NEW("delete", "c", "deletes", "[", "{", "}", "{", "}", "]"),
          BCON_NEW("n", BCON_DOUBLE(doubles[i]), "ok", BCON_INT32(1)),
          false);
   }
   add(BCON_NEW("insert", "c", "documents", "[", "{", "}", "{", "}", "]"),
       BCON_NEW("n",
                BCON_INT32(1),
                "writeErrors",
                "[",
                "{",
                "index",
                BCON_INT64(INT64_C(1) << 32),
                "}",
                "]",
                "ok",
                BCON_INT32(1)),
       false);
   struct front_write many[14];
   assert_int_equal(recorded(many, 14), 14);
   static const int expected[] = {INT_MAX, INT_MAX, INT_MAX, INT_MIN, INT_MIN, INT_MIN};
   for (size_t i = 0; i < 6; i++) {
      assert_int_equal(many[2 * i].n, expected[i]);
   }
   assert_int_equal(many[12].n, 1);
   assert_int_equal(many[13].n, 1);
}

static void
batch_of_inserts(int count)
{
   bson_t *body = BCON_NEW("insert", "c");
   bson_t documents = BSON_INITIALIZER;
   bson_t document = BSON_INITIALIZER;
   for (int i = 0; i < count; i++) {
      char number[16];
      const char *key;
      bson_uint32_to_string((uint32_t)i, &key, number, sizeof number);
      assert_true(BSON_APPEND_DOCUMENT(&documents, key, &document));
   }
   assert_true(BSON_APPEND_ARRAY(body, "documents", &documents));
   bson_destroy(&documents);
   add(body, acknowledgement(count), false);
}

TEST(full_record_says_so)
{
   size_t count;
   for (int i = 0; i < 10; i++) {
      batch_of_inserts(100000);
   }
   free(record_copy(record, &count));
   assert_int_equal(count, 1000000);
   assert_true(record_is_complete(record));
   batch_of_inserts(1);
   free(record_copy(record, &count));
   assert_int_equal(count, 1000000);
   assert_false(record_is_complete(record));
}

TEST(batch_beyond_a_servers_limit_is_not_kept_whole)
{
   batch_of_inserts(100001);
   assert_false(record_is_complete(record));
}

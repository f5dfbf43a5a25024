/* The front's record: which documents of a command were written by the server's reply, and which attempt is a retry. */
#include "bson_of.h"
#include "record.h"
#include "test_main.h"

#include <limits.h>

static struct record *record;
static struct witness_write *writes;
static size_t count;
static bool complete;

BEFORE_EACH(set_up)
{
   record = record_new();
   assert_non_null(record);
   writes = NULL;
}

AFTER_EACH(tear_down)
{
   free(writes);
   record_destroy(record);
}

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
   return bson_of("{'n': %d, 'ok': 1.0}", n);
}

static void
copy_record(void)
{
   free(writes);
   writes = record_copy(record, &count, &complete);
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
      add(bson_of("{'insert': '%s', '$db': '%s', 'documents': [{'_id': 1}]}", cases[i].collection, cases[i].database),
          acknowledgement(1),
          false);
   }
   copy_record();
   assert_int_equal(count, sizeof cases / sizeof *cases);
   for (size_t i = 0; i < count; i++) {
      assert_string_equal(writes[i].collection, cases[i].expected);
   }
}

static bson_t *
insert_of(char session, int number)
{
   return bson_of("{'insert': 'c', 'lsid': {'id': {'$uuid': '0000000%c-0000-4000-8000-000000000000'}}, "
                  "'txnNumber': {'$numberLong': '%d'}, 'documents': [{'_id': 1}]}",
                  session,
                  number);
}

TEST(retries_are_told_by_session_and_number)
{
   const struct {
      char session;
      int number;
      bool retry;
   } cases[] = {{'1', 1, false},
                {'1', 1, true},
                {'2', 1, false},
                {'1', 2, false},
                {'2', 1, true},
                {'1', 2, true},
                {'1', 3, false}};
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      add(insert_of(cases[i].session, cases[i].number), acknowledgement(1), i == 0);
   }
   copy_record();
   assert_int_equal(count, sizeof cases / sizeof *cases);
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      assert_int_equal(writes[i].retry, cases[i].retry);
      assert_int_equal(writes[i].reply_lost, i == 0);
      assert_int_equal(writes[i].client_port, 7);
   }
}

TEST(what_failed_is_no_write)
{
   add(insert_of('1', 1), bson_of("{'ok': 0.0, 'code': 13}"), false);
   add(bson_of("{'find': 'c'}"), acknowledgement(1), false);
   add(bson_of("{'insert': 'c', 'documents': 'none'}"), acknowledgement(1), false);
   copy_record();
   assert_int_equal(count, 0);
   add(insert_of('1', 1), acknowledgement(1), false);
   copy_record();
   assert_int_equal(count, 1);
   assert_false(writes[0].retry);
}

TEST(no_reply_is_no_number)
{
   add(insert_of('1', 1), NULL, true);
   copy_record();
   assert_int_equal(count, 1);
   assert_int_equal(writes[0].n, -1);
   assert_true(writes[0].reply_lost);
}

TEST(a_batch_that_broke_off)
{
   add(bson_of("{'insert': 'c', 'documents': [{'_id': {'$oid': '0123456789abcdef01234567'}}, {'_id': 1}, {'_id': 2}]}"),
       bson_of("{'n': 1, 'writeErrors': [{'index': 1}], 'ok': 1}"),
       false);
   copy_record();
   assert_int_equal(count, 3);
   assert_string_equal(writes[0].id, "0123456789abcdef01234567");
   /* An _id of any type has its own name. */
   assert_string_equal(writes[1].id, "#e0e0da64c8a1f70d");
   assert_string_not_equal(writes[1].id, writes[2].id);
   assert_int_equal(writes[0].n, 1);
   assert_int_equal(writes[1].n + writes[2].n, 0);
}

TEST(deletes_are_acknowledged_together)
{
   add(bson_of("{'delete': 'c', 'deletes': [{'q': {'_id': {'$oid': '0123456789abcdef01234567'}}}, {'q': {}}]}"),
       acknowledgement(5),
       false);
   copy_record();
   assert_int_equal(count, 2);
   assert_true(writes[0].is_delete);
   assert_string_equal(writes[0].id, "0123456789abcdef01234567");
   assert_int_equal(writes[0].n, 5);
   assert_int_equal(writes[1].n, 0);
}

TEST(numbers_beyond_an_int)
{
   static const struct {
      const char *n;
      int expected;
   } cases[] = {
      {"{'$numberLong': '9223372036854775807'}", INT_MAX},
      {"{'$numberLong': '4294967296'}", INT_MAX},
      {"{'$numberLong': '-9223372036854775808'}", INT_MIN},
      {"{'$numberDouble': '1e300'}", INT_MAX},
      {"{'$numberDouble': '-1e300'}", INT_MIN},
      {"{'$numberDouble': 'NaN'}", INT_MIN},
   };
   add(insert_of('1', 1), bson_of("{'n': 1, 'ok': {'$numberLong': '4294967297'}}"), false);
   copy_record();
   assert_int_equal(count, 0);
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      add(bson_of("{'delete': 'c', 'deletes': [{}, {}]}"), bson_of("{'n': %s, 'ok': 1}", cases[i].n), false);
      copy_record();
      assert_int_equal(count, 2 * (i + 1));
      assert_int_equal(writes[2 * i].n, cases[i].expected);
   }
   add(bson_of("{'insert': 'c', 'documents': [{}, {}]}"),
       bson_of("{'n': 1, 'writeErrors': [{'index': {'$numberLong': '4294967296'}}], 'ok': 1}"),
       false);
   copy_record();
   assert_int_equal(count, 14);
   assert_int_equal(writes[12].n, 1);
   assert_int_equal(writes[13].n, 1);
}

static void
batch_of_inserts(int size)
{
   bson_t *body = BCON_NEW("insert", "c");
   bson_t documents = BSON_INITIALIZER;
   bson_t document = BSON_INITIALIZER;
   for (int i = 0; i < size; i++) {
      char number[16];
      const char *key;
      bson_uint32_to_string((uint32_t)i, &key, number, sizeof number);
      assert_true(BSON_APPEND_DOCUMENT(&documents, key, &document));
   }
   assert_true(BSON_APPEND_ARRAY(body, "documents", &documents));
   bson_destroy(&documents);
   add(body, acknowledgement(size), false);
}

TEST(full_record_says_so)
{
   for (int i = 0; i < 10; i++) {
      batch_of_inserts(100000);
   }
   copy_record();
   assert_int_equal(count, 1000000);
   assert_true(complete);
   batch_of_inserts(1);
   copy_record();
   assert_int_equal(count, 1000000);
   assert_false(complete);
}

TEST(batch_beyond_a_servers_limit_is_not_kept_whole)
{
   batch_of_inserts(100001);
   copy_record();
   assert_false(complete);
}

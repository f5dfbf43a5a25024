/* The front's hello: what it reads from a request, and how it changes a server's reply. */
#include "bson_of.h"
#include "document.h"
#include "hello.h"
#include "test_main.h"

/* The reply of a server of one, with fields that must not be passed on. */
static const char server_reply[] =
   "{'ismaster': true, 'secondary': false, 'setName': 'other', 'hosts': ['127.0.0.1:9'], 'primary': '127.0.0.1:9', "
   "'me': '127.0.0.1:9', 'compression': ['zlib'], 'maxWireVersion': 27, 'logicalSessionTimeoutMinutes': 30, "
   "'speculativeAuthenticate': {'conversationId': 1}, 'ok': 1.0}";

/* Destroy it. */
static bson_t *
reply_of(uint16_t port, int primary, bool legacy)
{
   struct hello_speaker speaker = {.port = port, .ports = {1001, 1002, 1003}, .set_version = 4};
   struct hello_view view = {.counter = 6, .primary = primary, .election = 3};
   struct hello_request request = {.legacy = legacy};
   bson_t *from = bson_of("%s", server_reply);
   bson_t *reply = bson_new();
   hello_append(reply, from, &speaker, &view, &request);
   bson_destroy(from);
   return reply;
}

static bool
truth_of(const bson_t *reply, const char *key)
{
   bson_iter_t field;
   assert_true(document_find(reply, key, &field));
   return bson_iter_as_bool(&field);
}

static unsigned
times_of(const bson_t *reply, const char *key)
{
   bson_iter_t iterator;
   unsigned times = 0;
   bson_iter_init(&iterator, reply);
   while (bson_iter_next(&iterator)) {
      times += strcmp(bson_iter_key(&iterator), key) == 0 ? 1 : 0;
   }
   return times;
}

TEST(members_say_what_they_are)
{
   static const struct {
      uint16_t port;
      int primary;
      bool legacy;
      bool is_primary;
      const char *me;
      const char *primary_address;
   } cases[] = {
      {1002, 1, false, true, "127.0.0.1:1002", "127.0.0.1:1002"},
      {1002, 2, true, false, "127.0.0.1:1002", "127.0.0.1:1003"},
      {1002, -1, false, false, "127.0.0.1:1002", ""},
      /* As a move leaves it behind: it describes the set correctly, but is not a member. */
      {901, 0, false, false, "127.0.0.1:901", "127.0.0.1:1001"},
      {901, 1, false, false, "127.0.0.1:901", "127.0.0.1:1002"},
      {901, 2, false, false, "127.0.0.1:901", "127.0.0.1:1003"},
   };
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      bson_t *reply = reply_of(cases[i].port, cases[i].primary, cases[i].legacy);
      assert_int_equal(truth_of(reply, cases[i].legacy ? "ismaster" : "isWritablePrimary"), cases[i].is_primary);
      assert_false(document_has(reply, cases[i].legacy ? "isWritablePrimary" : "ismaster"));
      assert_int_equal(truth_of(reply, "secondary"), !cases[i].is_primary);
      assert_int_equal(document_has(reply, "electionId"), cases[i].is_primary);
      assert_string_equal(document_text(reply, "me"), cases[i].me);
      assert_string_equal(document_text(reply, "primary"), cases[i].primary_address);
      assert_string_equal(document_text(reply, "hosts.0"), "127.0.0.1:1001");
      assert_true(document_has(reply, "hosts.2") && !document_has(reply, "hosts.3"));
      bson_destroy(reply);
   }
}

TEST(the_rest_is_the_server_s)
{
   static const char *const once[] = {"setName", "hosts", "me", "primary", "secondary", "topologyVersion", "ok"};
   bson_t *reply = reply_of(1002, 1, false);
   bson_iter_t field;
   char id[25];
   assert_true(document_find(reply, "electionId", &field));
   bson_oid_to_string(bson_iter_oid(&field), id);
   assert_string_equal(id, "7fffffff0000000000000003");
   assert_int_equal(document_number(reply, "setVersion", 0), 4);
   assert_string_equal(document_text(reply, "setName"), FRONT_SET_NAME);
   assert_false(document_has(reply, "compression"));
   assert_true(document_has(reply, "maxWireVersion"));
   assert_true(document_has(reply, "logicalSessionTimeoutMinutes"));
   assert_true(document_has(reply, "speculativeAuthenticate.conversationId"));
   for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
      assert_int_equal(times_of(reply, once[i]), 1);
   }
   bson_destroy(reply);
}

TEST(reads_requests)
{
   bson_oid_t id;
   bson_oid_init(&id, NULL);
   char id_text[25];
   bson_oid_to_string(&id, id_text);
   bson_t *body =
      bson_of("{'hello': 1, 'topologyVersion': {'processId': {'$oid': '%s'}, 'counter': {'$numberLong': '4'}}, "
              "'maxAwaitTimeMS': 10000, 'helloOk': true}",
              id_text);
   struct hello_request request;
   hello_read(body, "hello", &request);
   assert_true(request.awaits);
   assert_true(request.hello_ok);
   assert_false(request.legacy);
   assert_false(request.needs_server);
   assert_int_equal(request.counter, 4);
   assert_int_equal(request.await_us, 10000000);
   assert_true(bson_oid_equal(&request.process_id, &id));
   bson_destroy(body);
}

TEST(an_incomplete_wish_to_wait_is_none)
{
   static const char *const bodies[] = {
      "{'maxAwaitTimeMS': 10}",
      "{'maxAwaitTimeMS': 10, 'topologyVersion': {'counter': {'$numberLong': '4'}}}",
      "{'maxAwaitTimeMS': 10, 'topologyVersion': {'processId': 'x', 'counter': 'y'}}",
      "{'maxAwaitTimeMS': 'soon', 'topologyVersion': 1}",
   };
   for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
      struct hello_request request;
      bson_t *body = bson_of("%s", bodies[i]);
      hello_read(body, "isMaster", &request);
      assert_false(request.awaits);
      assert_true(request.legacy);
      bson_destroy(body);
   }
}

TEST(waiting_has_bounds)
{
   const struct {
      int64_t asked_ms;
      int64_t given_us;
   } cases[] = {{-5, 0}, {0, 0}, {INT64_MAX, 600000000}};
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      bson_t *body = BCON_NEW("maxAwaitTimeMS", BCON_INT64(cases[i].asked_ms));
      struct hello_request request;
      hello_read(body, "hello", &request);
      assert_int_equal(request.await_us, cases[i].given_us);
      bson_destroy(body);
   }
}

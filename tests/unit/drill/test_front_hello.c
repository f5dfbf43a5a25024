/* The front's hello: what it reads from a request, and how it changes a server's reply. */
#include "bson_of.h"
#include "hello.h"
#include "test_main.h"

static const struct hello_speaker speaker = {.port = 1002, .ports = {1001, 1002, 1003}, .set_version = 4};

/* The reply of a server of one, with fields that must not be passed on. */
static const char server_reply[] =
   "{'ismaster': true, 'secondary': false, 'setName': 'other', 'hosts': ['127.0.0.1:9'], 'primary': '127.0.0.1:9', "
   "'me': '127.0.0.1:9', 'compression': ['zlib'], 'maxWireVersion': 27, 'logicalSessionTimeoutMinutes': 30, "
   "'speculativeAuthenticate': {'conversationId': 1}, 'ok': 1.0}";

static bson_t *reply;

BEFORE_EACH(set_up)
{
   reply = NULL;
}

AFTER_EACH(tear_down)
{
   bson_destroy(reply);
}

static void
rewrite_for(const struct hello_speaker *who, int primary, bool legacy)
{
   struct hello_view view = {.counter = 6, .primary = primary, .election = 3};
   struct hello_request request = {.legacy = legacy};
   bson_t *from = bson_of("%s", server_reply);
   bson_destroy(reply);
   reply = bson_new();
   hello_append(reply, from, who, &view, &request);
   bson_destroy(from);
}

static void
rewrite(int primary, bool legacy)
{
   rewrite_for(&speaker, primary, legacy);
}

static const char *
text_of(const char *key)
{
   bson_iter_t iterator;
   return bson_iter_init_find(&iterator, reply, key) && BSON_ITER_HOLDS_UTF8(&iterator)
             ? bson_iter_utf8(&iterator, NULL)
             : "";
}

static bool
truth_of(const char *key)
{
   bson_iter_t iterator;
   assert_true(bson_iter_init_find(&iterator, reply, key));
   return bson_iter_as_bool(&iterator);
}

static unsigned
times_of(const char *key)
{
   bson_iter_t iterator;
   unsigned times = 0;
   bson_iter_init(&iterator, reply);
   while (bson_iter_next(&iterator)) {
      times += strcmp(bson_iter_key(&iterator), key) == 0 ? 1 : 0;
   }
   return times;
}

TEST(the_primary_says_so)
{
   rewrite(1, false);
   assert_true(truth_of("isWritablePrimary"));
   assert_false(truth_of("secondary"));
   assert_false(bson_has_field(reply, "ismaster"));
   assert_string_equal(text_of("me"), "127.0.0.1:1002");
   assert_string_equal(text_of("primary"), "127.0.0.1:1002");
   bson_iter_t iterator;
   assert_true(bson_iter_init_find(&iterator, reply, "electionId"));
   char id[25];
   bson_oid_to_string(bson_iter_oid(&iterator), id);
   assert_string_equal(id, "7fffffff0000000000000003");
}

TEST(a_secondary_names_the_primary)
{
   rewrite(2, true);
   assert_false(truth_of("ismaster"));
   assert_true(truth_of("secondary"));
   assert_false(bson_has_field(reply, "isWritablePrimary"));
   assert_string_equal(text_of("primary"), "127.0.0.1:1003");
   assert_false(bson_has_field(reply, "electionId"));
}

TEST(without_a_primary_none_is_named)
{
   rewrite(-1, false);
   assert_true(truth_of("secondary"));
   assert_false(bson_has_field(reply, "primary"));
}

/* As a move leaves it behind: it describes the set correctly, but is not a member. */
TEST(one_outside_the_list_is_a_secondary)
{
   const struct hello_speaker left = {.port = 901, .ports = {1001, 1002, 1003}, .set_version = 5};
   bson_iter_t iterator;
   for (int primary = 0; primary < FRONT_MEMBERS; primary++) {
      rewrite_for(&left, primary, false);
      assert_false(truth_of("isWritablePrimary"));
      assert_true(truth_of("secondary"));
      assert_false(bson_has_field(reply, "electionId"));
      assert_string_equal(text_of("me"), "127.0.0.1:901");
      assert_int_equal(text_of("primary")[strlen("127.0.0.1:100")], '1' + primary);
      bson_iter_t host;
      assert_true(bson_iter_init(&iterator, reply) && bson_iter_find_descendant(&iterator, "hosts.0", &host));
      assert_string_equal(bson_iter_utf8(&host, NULL), "127.0.0.1:1001");
      assert_false(bson_has_field(reply, "hosts.3"));
   }
}

TEST(a_list_has_its_version)
{
   rewrite(1, false);
   bson_iter_t iterator;
   assert_true(bson_iter_init_find(&iterator, reply, "setVersion"));
   assert_int_equal(bson_iter_int32(&iterator), 4);
}

TEST(the_rest_is_the_server_s)
{
   rewrite(1, false);
   assert_string_equal(text_of("setName"), FRONT_SET_NAME);
   assert_false(bson_has_field(reply, "compression"));
   assert_true(bson_has_field(reply, "maxWireVersion"));
   assert_true(bson_has_field(reply, "logicalSessionTimeoutMinutes"));
   assert_true(bson_has_field(reply, "speculativeAuthenticate.conversationId"));
   static const char *const once[] = {"setName", "hosts", "me", "primary", "secondary", "topologyVersion", "ok"};
   for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
      assert_int_equal(times_of(once[i]), 1);
   }
   assert_true(bson_has_field(reply, "hosts.2"));
   assert_false(bson_has_field(reply, "hosts.3"));
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

/* handshake: the client document, whole, cut and garbled; and what the environment requires (handshake_env). */
#include "handshake.h"

#include "handshake_env.h"
#include "le32.h"

#include "test_main.h"

#include <mongoc/mongoc.h>

static const uint8_t hello[] = "{\"hello\": 1, \"client\": {\"driver\": {\"name\": \"mongoc\"}, "
                               "\"os\": {\"type\": \"Linux\", \"architecture\": \"x86_64\"}, \"platform\": \"CC=GCC\", "
                               "\"env\": {\"name\": \"aws.lambda\", \"region\": \"x\"}}}";

/* A message: header, bytes between header and document, and the document. Returns its length. */
static size_t
compose(unsigned char *message, int32_t opcode, const void *between, size_t between_length)
{
   bson_t *document = bson_new_from_json(hello, -1, NULL);
   size_t length = 16 + between_length + document->len;
   memset(message, 0, 16);
   le32_write(message, (uint32_t)length);
   le32_write(message + 12, (uint32_t)opcode);
   memcpy(message + 16, between, between_length);
   memcpy(message + 16 + between_length, bson_get_data(document), document->len);
   bson_destroy(document);
   return length;
}

static const char query[] = "\0\0\0\0admin.$cmd\0\0\0\0\0\xff\xff\xff\xff";
static const char msg[] = "\0\0\0\0\0";

static void
expect_seen(const unsigned char *message, size_t length)
{
   struct handshake handshake;
   handshake_init(&handshake, message, length);
   assert_non_null(handshake.client_json);
   assert_contains(handshake.client_json, "\"mongoc\"");
   assert_string_equal(handshake.env_name, "aws.lambda");
   const struct handshake_parts *parts = &handshake.parts;
   assert_true(parts->bytes > 100 && parts->bytes < length);
   assert_true(parts->has_os && !parts->has_application);
   assert_int_equal((int)parts->os_bytes, (int)(1 + sizeof "architecture" + 4 + sizeof "x86_64"));
   assert_int_equal((int)parts->platform_bytes, 6);
   assert_true(parts->platform_after_os);
   assert_true(parts->has[HANDSHAKE_ENV_NAME] && parts->has[HANDSHAKE_ENV_REGION]);
   assert_false(parts->has[HANDSHAKE_ENV_MEMORY_MB] || parts->has[HANDSHAKE_ENV_CONTAINER]);
   handshake_clear(&handshake);
}

TEST(seen_in_op_query_and_op_msg)
{
   unsigned char message[512];
   expect_seen(message, compose(message, 2004, query, sizeof query - 1));
   expect_seen(message, compose(message, 2013, msg, sizeof msg - 1));
}

TEST(cut_anywhere_it_is_not_seen)
{
   unsigned char message[512];
   size_t length = compose(message, 2004, query, sizeof query - 1);
   for (size_t cut = 0; cut < length; cut++) {
      unsigned char *exact = malloc(cut == 0 ? 1 : cut);
      assert_non_null(exact);
      memcpy(exact, message, cut);
      struct handshake handshake;
      handshake_init(&handshake, exact, cut);
      assert_null(handshake.client_json);
      handshake_clear(&handshake);
      free(exact);
   }
}

TEST(garbled_it_is_harmless)
{
   unsigned char message[512];
   size_t length = compose(message, 2013, msg, sizeof msg - 1);
   for (size_t at = 0; at < length; at++) {
      unsigned char kept = message[at];
      message[at] = (unsigned char)~kept;
      struct handshake handshake;
      handshake_init(&handshake, message, length);
      handshake_clear(&handshake);
      message[at] = kept;
   }
   expect_seen(message, length);
}

BEFORE_EACH(clear_environment)
{
   static const char *const names[] = {"AWS_EXECUTION_ENV",
                                       "AWS_LAMBDA_RUNTIME_API",
                                       "FUNCTIONS_WORKER_RUNTIME",
                                       "K_SERVICE",
                                       "FUNCTION_NAME",
                                       "VERCEL",
                                       "AWS_REGION",
                                       "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                       "FUNCTION_MEMORY_MB",
                                       "FUNCTION_TIMEOUT_SEC",
                                       "FUNCTION_REGION",
                                       "VERCEL_REGION",
                                       "KUBERNETES_SERVICE_HOST"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      assert_int_equal(unsetenv(names[i]), 0);
   }
}

TEST(expected_by_the_specification_s_table)
{
   static const struct {
      const char *variable;
      const char *value;
      const char *expected;
   } table[] = {
      {"AWS_EXECUTION_ENV", "AWS_Lambda_java8", "aws.lambda"},
      {"AWS_EXECUTION_ENV", "EC2", ""},
      {"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001", "aws.lambda"},
      {"FUNCTIONS_WORKER_RUNTIME", "custom", "azure.func"},
      {"K_SERVICE", "servicename", "gcp.func"},
      {"FUNCTION_NAME", "functionName", "gcp.func"},
      {"VERCEL", "1", "vercel"},
      {"VERCEL", "", ""},
   };
   for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
      clear_environment();
      assert_int_equal(setenv(table[i].variable, table[i].value, 1), 0);
      assert_string_equal(handshake_env_expected(true).name, table[i].expected);
   }
}

TEST(two_platforms_at_once_are_none_but_vercel_on_lambda)
{
   assert_int_equal(setenv("AWS_EXECUTION_ENV", "AWS_Lambda_java8", 1), 0);
   assert_int_equal(setenv("FUNCTIONS_WORKER_RUNTIME", "node", 1), 0);
   assert_string_equal(handshake_env_expected(true).name, "");
   clear_environment();
   assert_int_equal(setenv("AWS_LAMBDA_RUNTIME_API", "x", 1), 0);
   assert_int_equal(setenv("VERCEL", "1", 1), 0);
   assert_string_equal(handshake_env_expected(true).name, "vercel");
}

/* What the driver must send, with each field's size in BSON. */
TEST(expected_fields_have_the_bytes_of_their_bson)
{
   static const struct {
      const char *variables[4][2];
      size_t timeout_sec;
      size_t memory_mb;
      size_t region;
   } table[] = {
      {{{"AWS_EXECUTION_ENV", "AWS_Lambda_java8"},
        {"AWS_REGION", "us-east-2"},
        {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"}},
       0,
       15,
       22},
      {{{"AWS_EXECUTION_ENV", "AWS_Lambda_java8"}, {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "big"}}, 0, 0, 0},
      {{{"AWS_EXECUTION_ENV", "AWS_Lambda_java8"}, {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "4294967296"}}, 0, 0, 0},
      {{{"K_SERVICE", "s"}, {"FUNCTION_TIMEOUT_SEC", "60"}, {"FUNCTION_MEMORY_MB", ""}, {"FUNCTION_REGION", "x"}},
       17,
       0,
       14},
      {{{"VERCEL", "1"}, {"VERCEL_REGION", "cdg1"}, {"AWS_REGION", "us-east-2"}}, 0, 0, 17},
      {{{"FUNCTIONS_WORKER_RUNTIME", "node"}, {"AWS_REGION", "us-east-2"}}, 0, 0, 0},
      {{{"AWS_REGION", "us-east-2"}}, 0, 0, 0},
   };
   for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
      clear_environment();
      for (size_t j = 0; j < 4 && table[i].variables[j][0] != NULL; j++) {
         assert_int_equal(setenv(table[i].variables[j][0], table[i].variables[j][1], 1), 0);
      }
      struct handshake_env env = handshake_env_expected(false);
      assert_int_equal((int)env.bytes[HANDSHAKE_ENV_TIMEOUT_SEC], (int)table[i].timeout_sec);
      assert_int_equal((int)env.bytes[HANDSHAKE_ENV_MEMORY_MB], (int)table[i].memory_mb);
      assert_int_equal((int)env.bytes[HANDSHAKE_ENV_REGION], (int)table[i].region);
      assert_int_equal((int)env.bytes[HANDSHAKE_ENV_CONTAINER], 0);
   }
}

TEST(container_is_expected_of_drivers_that_know_it)
{
   assert_int_equal(setenv("AWS_LAMBDA_RUNTIME_API", "x", 1), 0);
   size_t outside = handshake_env_expected(true).bytes[HANDSHAKE_ENV_CONTAINER];
   assert_int_equal(setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1), 0);
   size_t kubernetes = handshake_env_expected(true).bytes[HANDSHAKE_ENV_CONTAINER];
   /* The machine that runs this may be a container. */
   assert_int_equal((int)(kubernetes - outside), 29 + (outside == 0 ? 16 : 0));
   assert_int_equal((int)handshake_env_expected(false).bytes[HANDSHAKE_ENV_CONTAINER], 0);
}

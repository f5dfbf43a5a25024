#include "next_headers.h"

#include "test_main.h"

#define ID "Lambda-Runtime-Aws-Request-Id: "
#define DEADLINE "Lambda-Runtime-Deadline-Ms: "
#define CONTEXT "Lambda-Runtime-Client-Context: "

static struct next_headers headers;

/* In memory of exactly its size, so that a sanitizer sees any read beyond it. */
static void
add(const char *line)
{
   size_t length = strlen(line);
   char *copy = malloc(length > 0 ? length : 1);

   assert_non_null(copy);
   memcpy(copy, line, length);
   next_headers_add(&headers, copy, length);
   free(copy);
}

BEFORE_EACH(set_up)
{
   next_headers_init(&headers);
}

AFTER_EACH(tear_down)
{
   next_headers_clear(&headers);
}

TEST(starts_empty)
{
   assert_string_equal("", headers.request_id);
   assert_true(headers.deadline_unix_ms == FAAS_NO_DEADLINE);
   assert_true(headers.content_length == -1);
   assert_string_equal("", headers.problem.type);
   assert_false(headers.complete);
   for (size_t i = 0; i < NEXT_ATTRIBUTE_COUNT; i++) {
      assert_null(headers.attributes[i]);
   }
}

TEST(takes_all_of_an_invocation)
{
   add("HTTP/1.1 200 OK\r\n");
   add("Content-Type: application/json\r\n");
   add(ID "8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n");
   add(DEADLINE "1542409706888\r\n");
   add("Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-2:123456789012:function:f\r\n");
   add("Lambda-Runtime-Trace-Id: Root=1-5bef4de7;Sampled=1\r\n");
   add(CONTEXT "{\"client\":{}}\r\n");
   add("Lambda-Runtime-Cognito-Identity: {}\r\n");
   add("Content-Length: 12\r\n");
   assert_false(headers.complete);
   add("\r\n");
   assert_true(headers.complete);
   assert_string_equal("8476a536-e9f4-11e8-9739-2dfe598c3fcd", headers.request_id);
   assert_true(headers.deadline_unix_ms == 1542409706888);
   assert_true(headers.content_length == 12);
   assert_string_equal("arn:aws:lambda:us-east-2:123456789012:function:f", headers.attributes[NEXT_FUNCTION_ARN]);
   assert_string_equal("Root=1-5bef4de7;Sampled=1", headers.attributes[NEXT_TRACE_ID]);
   assert_string_equal("{\"client\":{}}", headers.attributes[NEXT_CLIENT_CONTEXT]);
   assert_string_equal("{}", headers.attributes[NEXT_COGNITO_IDENTITY]);
   assert_string_equal("", headers.problem.type);
}

TEST(minds_neither_case_nor_space)
{
   add("lambda-RUNTIME-aws-request-ID:\t id \t ");
   add("LAMBDA-RUNTIME-DEADLINE-MS:5");
   assert_string_equal("id", headers.request_id);
   assert_true(headers.deadline_unix_ms == 5);
}

TEST(passes_over_the_rest)
{
   static const char *const lines[] = {"",
                                       ":",
                                       ": x",
                                       "no colon",
                                       " " ID "folded",
                                       "Lambda-Runtime-Aws-Request-Id2: x",
                                       "Lambda-Runtime-Aws-Request: x",
                                       "\r"};

   for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
      add(lines[i]);
   }
   assert_string_equal("", headers.request_id);
   assert_string_equal("", headers.problem.type);
}

TEST(begins_anew_after_an_informational_response)
{
   add("HTTP/1.1 103 Early\r\n");
   add(ID "early\r\n");
   add(CONTEXT "early\r\n");
   add(DEADLINE "junk\r\n");
   add("\r\n");
   add("HTTP/1.1 200 OK\r\n");
   starts_empty();
}

TEST(passes_over_trailers)
{
   add(ID "first\r\n");
   add("Content-Length: 3\r\n");
   add("\r\n");
   add(ID "second\r\n");
   add(DEADLINE "1\r\n");
   add(CONTEXT "late\r\n");
   add("Content-Length: 4\r\n");
   add("\r\n");
   assert_true(headers.complete);
   assert_string_equal("first", headers.request_id);
   assert_true(headers.deadline_unix_ms == FAAS_NO_DEADLINE);
   assert_true(headers.content_length == 3);
   assert_null(headers.attributes[NEXT_CLIENT_CONTEXT]);
   assert_string_equal("", headers.problem.type);
}

static void
expect_problem(const char *words)
{
   assert_string_equal("Provider.RuntimeApiProtocol", headers.problem.type);
   assert_contains(headers.problem.message, words);
}

TEST(one_id_only)
{
   add(ID "first");
   add(ID "first");
   assert_string_equal("", headers.problem.type);
   add(ID "fir");
   expect_problem("\"fir\"");
   assert_string_equal("first", headers.request_id);
}

TEST(refuses_ids_that_are_none)
{
   static const char *const values[] = {"", "a\x01", "a\x7f", "\xff", "\xc3"};
   char line[sizeof ID + NEXT_HEADERS_ID_MAX];

   for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
      (void)snprintf(line, sizeof line, ID "%s", values[i]);
      add(line);
      expect_problem("expected a request id");
      assert_string_equal("", headers.request_id);
      next_headers_clear(&headers);
   }
   (void)snprintf(line, sizeof line, ID "%0*d", NEXT_HEADERS_ID_MAX - 1, 0);
   add(line);
   assert_string_equal("", headers.problem.type);
   next_headers_clear(&headers);
   (void)snprintf(line, sizeof line, ID "%0*d", NEXT_HEADERS_ID_MAX, 0);
   add(line);
   expect_problem("expected a request id");
}

TEST(refuses_deadlines_that_are_none)
{
   static const char *const values[] = {"", "soon", "-1", "+1", "1.5", "1e3", "0x1", "1 2", "1234567890123456789"};

   for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
      char line[128];

      (void)snprintf(line, sizeof line, DEADLINE "%s\r\n", values[i]);
      add(line);
      expect_problem("expected a deadline");
      assert_true(headers.deadline_unix_ms == FAAS_NO_DEADLINE);
      next_headers_clear(&headers);
   }
}

TEST(tells_the_first_problem)
{
   add(DEADLINE "soon");
   add(ID "\x01");
   expect_problem("soon");
}

TEST(caps_values)
{
   char *line = calloc(1, sizeof CONTEXT + NEXT_HEADERS_VALUE_MAX + 1);

   assert_non_null(line);
   strcpy(line, CONTEXT);
   memset(line + strlen(CONTEXT), 'x', NEXT_HEADERS_VALUE_MAX);
   add(line);
   assert_string_equal("", headers.problem.type);
   assert_int_equal(NEXT_HEADERS_VALUE_MAX, (int)strlen(headers.attributes[NEXT_CLIENT_CONTEXT]));
   line[strlen(CONTEXT) + NEXT_HEADERS_VALUE_MAX] = 'x';
   add(line);
   expect_problem("16 KiB");
   free(line);
}

TEST(refuses_attributes_that_are_no_text)
{
   add(CONTEXT);
   add(CONTEXT "{\"a\":\"\xc3\xbc\"}");
   assert_string_equal("{\"a\":\"\xc3\xbc\"}", headers.attributes[NEXT_CLIENT_CONTEXT]);
   assert_string_equal("", headers.problem.type);
   add(CONTEXT "\xc3(");
   expect_problem("printable UTF-8");
}

TEST(takes_the_last_of_an_attribute)
{
   add(CONTEXT "one");
   add(CONTEXT "two");
   assert_string_equal("two", headers.attributes[NEXT_CLIENT_CONTEXT]);
}

TEST(lengths)
{
   add("content-length: 999999999999999999");
   assert_true(headers.content_length == 999999999999999999);
   add("content-length: 9999999999999999999");
   assert_true(headers.content_length == -1);
   add("content-length: -5");
   assert_true(headers.content_length == -1);
}

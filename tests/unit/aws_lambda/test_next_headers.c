#include "next_headers.h"

#include "test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "Lambda-Runtime-Aws-Request-Id: "
#define DEADLINE "Lambda-Runtime-Deadline-Ms: "
#define CONTEXT "Lambda-Runtime-Client-Context: "

/* In memory of exactly its size, so that a sanitizer sees any read beyond it. */
static void
add(struct next_headers *headers, const char *line)
{
   size_t length = strlen(line);
   char *copy = malloc(length > 0 ? length : 1);

   assert_non_null(copy);
   memcpy(copy, line, length);
   next_headers_add(headers, copy, length);
   free(copy);
}

static int
set_up(void **state)
{
   static struct next_headers headers;

   next_headers_init(&headers);
   *state = &headers;
   return 0;
}

static int
tear_down(void **state)
{
   next_headers_clear(*state);
   return 0;
}

static void
starts_empty(void **state)
{
   const struct next_headers *headers = *state;

   assert_string_equal("", headers->request_id);
   assert_true(headers->deadline_unix_ms == FAAS_NO_DEADLINE);
   assert_true(headers->content_length == -1);
   assert_string_equal("", headers->problem.type);
   assert_false(headers->complete);
   for (size_t i = 0; i < NEXT_ATTRIBUTE_COUNT; i++) {
      assert_null(headers->attributes[i]);
   }
}

static void
takes_all_of_an_invocation(void **state)
{
   struct next_headers *headers = *state;

   add(headers, "HTTP/1.1 200 OK\r\n");
   add(headers, "Content-Type: application/json\r\n");
   add(headers, ID "8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n");
   add(headers, DEADLINE "1542409706888\r\n");
   add(headers, "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-2:123456789012:function:f\r\n");
   add(headers, "Lambda-Runtime-Trace-Id: Root=1-5bef4de7;Sampled=1\r\n");
   add(headers, CONTEXT "{\"client\":{}}\r\n");
   add(headers, "Lambda-Runtime-Cognito-Identity: {}\r\n");
   add(headers, "Content-Length: 12\r\n");
   assert_false(headers->complete);
   add(headers, "\r\n");
   assert_true(headers->complete);
   assert_string_equal("8476a536-e9f4-11e8-9739-2dfe598c3fcd", headers->request_id);
   assert_true(headers->deadline_unix_ms == 1542409706888);
   assert_true(headers->content_length == 12);
   assert_string_equal("arn:aws:lambda:us-east-2:123456789012:function:f", headers->attributes[NEXT_FUNCTION_ARN]);
   assert_string_equal("Root=1-5bef4de7;Sampled=1", headers->attributes[NEXT_TRACE_ID]);
   assert_string_equal("{\"client\":{}}", headers->attributes[NEXT_CLIENT_CONTEXT]);
   assert_string_equal("{}", headers->attributes[NEXT_COGNITO_IDENTITY]);
   assert_string_equal("", headers->problem.type);
}

static void
names_its_attributes(void **state)
{
   (void)state;
   assert_string_equal("function_arn", next_attribute_name(NEXT_FUNCTION_ARN));
   assert_string_equal("trace_id", next_attribute_name(NEXT_TRACE_ID));
   assert_string_equal("client_context", next_attribute_name(NEXT_CLIENT_CONTEXT));
   assert_string_equal("cognito_identity", next_attribute_name(NEXT_COGNITO_IDENTITY));
}

static void
minds_neither_case_nor_space(void **state)
{
   struct next_headers *headers = *state;

   add(headers, "lambda-RUNTIME-aws-request-ID:\t id \t ");
   add(headers, "LAMBDA-RUNTIME-DEADLINE-MS:5");
   assert_string_equal("id", headers->request_id);
   assert_true(headers->deadline_unix_ms == 5);
}

static void
passes_over_the_rest(void **state)
{
   struct next_headers *headers = *state;
   static const char *const lines[] = {"",
                                       ":",
                                       ": x",
                                       "no colon",
                                       " " ID "folded",
                                       "Lambda-Runtime-Aws-Request-Id2: x",
                                       "Lambda-Runtime-Aws-Request: x",
                                       "\r"};

   for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
      add(headers, lines[i]);
   }
   assert_string_equal("", headers->request_id);
   assert_string_equal("", headers->problem.type);
}

static void
begins_anew_after_an_informational_response(void **state)
{
   struct next_headers *headers = *state;

   add(headers, "HTTP/1.1 103 Early\r\n");
   add(headers, ID "early\r\n");
   add(headers, CONTEXT "early\r\n");
   add(headers, DEADLINE "junk\r\n");
   add(headers, "\r\n");
   add(headers, "HTTP/1.1 200 OK\r\n");
   starts_empty(state);
}

static void
passes_over_trailers(void **state)
{
   struct next_headers *headers = *state;

   add(headers, ID "first\r\n");
   add(headers, "Content-Length: 3\r\n");
   add(headers, "\r\n");
   add(headers, ID "second\r\n");
   add(headers, DEADLINE "1\r\n");
   add(headers, CONTEXT "late\r\n");
   add(headers, "Content-Length: 4\r\n");
   add(headers, "\r\n");
   assert_true(headers->complete);
   assert_string_equal("first", headers->request_id);
   assert_true(headers->deadline_unix_ms == FAAS_NO_DEADLINE);
   assert_true(headers->content_length == 3);
   assert_null(headers->attributes[NEXT_CLIENT_CONTEXT]);
   assert_string_equal("", headers->problem.type);
}

static void
expect_problem(struct next_headers *headers, const char *words)
{
   assert_string_equal("Provider.RuntimeApiProtocol", headers->problem.type);
   assert_non_null(strstr(headers->problem.message, words));
}

static void
one_id_only(void **state)
{
   struct next_headers *headers = *state;

   add(headers, ID "first");
   add(headers, ID "first");
   assert_string_equal("", headers->problem.type);
   add(headers, ID "fir");
   expect_problem(headers, "\"fir\"");
   assert_string_equal("first", headers->request_id);
}

static void
refuses_ids_that_are_none(void **state)
{
   static const char *const values[] = {"", "a\x01", "a\x7f", "\xff", "\xc3"};
   char line[sizeof ID + NEXT_HEADERS_ID_MAX];

   for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
      (void)snprintf(line, sizeof line, ID "%s", values[i]);
      add(*state, line);
      expect_problem(*state, "expected a request id");
      assert_string_equal("", ((struct next_headers *)*state)->request_id);
      next_headers_clear(*state);
   }
   (void)snprintf(line, sizeof line, ID "%0*d", NEXT_HEADERS_ID_MAX - 1, 0);
   add(*state, line);
   assert_string_equal("", ((struct next_headers *)*state)->problem.type);
   next_headers_clear(*state);
   (void)snprintf(line, sizeof line, ID "%0*d", NEXT_HEADERS_ID_MAX, 0);
   add(*state, line);
   expect_problem(*state, "expected a request id");
}

static void
refuses_deadlines_that_are_none(void **state)
{
   static const char *const values[] = {"", "soon", "-1", "+1", "1.5", "1e3", "0x1", "1 2", "1234567890123456789"};

   for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
      char line[128];

      (void)snprintf(line, sizeof line, DEADLINE "%s\r\n", values[i]);
      add(*state, line);
      expect_problem(*state, "expected a deadline");
      assert_true(((struct next_headers *)*state)->deadline_unix_ms == FAAS_NO_DEADLINE);
      next_headers_clear(*state);
   }
}

static void
tells_the_first_problem(void **state)
{
   add(*state, DEADLINE "soon");
   add(*state, ID "\x01");
   expect_problem(*state, "soon");
}

static void
caps_values(void **state)
{
   struct next_headers *headers = *state;
   char *line = calloc(1, sizeof CONTEXT + NEXT_HEADERS_VALUE_MAX + 1);

   assert_non_null(line);
   strcpy(line, CONTEXT);
   memset(line + strlen(CONTEXT), 'x', NEXT_HEADERS_VALUE_MAX);
   add(headers, line);
   assert_string_equal("", headers->problem.type);
   assert_int_equal(NEXT_HEADERS_VALUE_MAX, (int)strlen(headers->attributes[NEXT_CLIENT_CONTEXT]));
   line[strlen(CONTEXT) + NEXT_HEADERS_VALUE_MAX] = 'x';
   add(headers, line);
   expect_problem(headers, "16 KiB");
   free(line);
}

static void
takes_the_last_of_an_attribute(void **state)
{
   struct next_headers *headers = *state;

   add(headers, CONTEXT "one");
   add(headers, CONTEXT "two");
   assert_string_equal("two", headers->attributes[NEXT_CLIENT_CONTEXT]);
}

static void
lengths(void **state)
{
   struct next_headers *headers = *state;

   add(headers, "content-length: 999999999999999999");
   assert_true(headers->content_length == 999999999999999999);
   add(headers, "content-length: 9999999999999999999");
   assert_true(headers->content_length == -1);
   add(headers, "content-length: -5");
   assert_true(headers->content_length == -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest TESTS[] = {
   CASE(starts_empty),
   CASE(takes_all_of_an_invocation),
   CASE(names_its_attributes),
   CASE(minds_neither_case_nor_space),
   CASE(passes_over_the_rest),
   CASE(begins_anew_after_an_informational_response),
   CASE(passes_over_trailers),
   CASE(one_id_only),
   CASE(refuses_ids_that_are_none),
   CASE(refuses_deadlines_that_are_none),
   CASE(tells_the_first_problem),
   CASE(caps_values),
   CASE(takes_the_last_of_an_attribute),
   CASE(lengths),
};

FAAS_TEST_MAIN(TESTS)

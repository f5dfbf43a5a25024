#include "event_shape.h"

#include "test_main.h"

static enum event_shape
shape_of(const char *event)
{
   size_t length = strlen(event);
   char *copy = malloc(length > 0 ? length : 1);
   enum event_shape shape;

   assert_non_null(copy);
   memcpy(copy, event, length);
   shape = event_shape_of(copy, length);
   free(copy);
   return shape;
}

TEST(knows_every_front)
{
   assert_int_equal(EVENT_HTTP, shape_of("{\"httpMethod\":\"GET\",\"requestContext\":{\"stage\":\"prod\"}}"));
   assert_int_equal(EVENT_HTTP, shape_of("{\"version\":\"1.0\",\"httpMethod\":\"GET\",\"requestContext\":{}}"));
   assert_int_equal(EVENT_HTTP, shape_of("{\"version\":\"2.0\",\"requestContext\":{\"http\":{}}}"));
   assert_int_equal(
      EVENT_HTTP,
      shape_of(" \r\n\t{\"version\":\"2.0\",\"requestContext\":{\"http\":{},\"domainName\":\"a.execute-api.b\"}}"));
   assert_int_equal(
      EVENT_HTTP,
      shape_of("{\"version\":\"2.0\",\"requestContext\":{\"http\":{},\"domainName\":\"a.lambda-url.b.on.aws\"}}"));
   assert_int_equal(EVENT_LOAD_BALANCER, shape_of("{\"requestContext\":{\"elb\":{}},\"headers\":{}}"));
   assert_int_equal(EVENT_LOAD_BALANCER_MULTI, shape_of("{\"requestContext\":{\"elb\":{}},\"multiValueHeaders\":{}}"));
   assert_int_equal(EVENT_WEBSOCKET,
                    shape_of("{\"requestContext\":{\"connectionId\":\"c\",\"eventType\":\"MESSAGE\"}}"));
   assert_int_equal(EVENT_HTTP, shape_of("{\"raw_path\":\"/\",\"method\":\"GET\",\"headers\":{}}"));
   assert_int_equal(EVENT_HTTP,
                    shape_of("{\"version\":\"2.0\",\"method\":\"GET\",\"headers\":{},"
                             "\"requestContext\":{\"serviceNetworkArn\":\"arn\"}}"));
}

TEST(knows_every_authorizer)
{
   static const char *const events[] = {
      "{\"type\":\"TOKEN\",\"methodArn\":\"arn\",\"authorizationToken\":\"t\"}",
      "{\"type\":\"REQUEST\",\"methodArn\":\"arn\",\"httpMethod\":\"GET\",\"requestContext\":{}}",
      "{\"version\":\"1.0\",\"type\":\"REQUEST\",\"methodArn\":\"arn\",\"httpMethod\":\"GET\",\"requestContext\":{}}",
      "{\"version\":\"2.0\",\"type\":\"REQUEST\",\"routeArn\":\"arn\",\"requestContext\":{\"http\":{}}}",
      ("{\"type\":\"REQUEST\",\"methodArn\":\"arn\",\"requestContext\":{\"connectionId\":\"c\","
       "\"eventType\":\"CONNECT\"}}"),
      "{\"authorizationToken\":\"t\",\"requestContext\":{\"apiId\":\"a\"}}"};

   for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
      assert_int_equal(EVENT_AUTHORIZER, shape_of(events[i]));
   }
}

/* Events without a context are recognised at both ends, where everything but a body is. */
TEST(finds_lattice_around_a_large_body)
{
   enum { BODY = 1 << 20 };
   static const char members[] = "\"raw_path\":\"/\",\"method\":\"GET\",\"headers\":{}";
   char *body = malloc(BODY + 1);
   char *event = malloc(BODY + 256);

   assert_non_null(body);
   assert_non_null(event);
   memset(body, '0', BODY);
   body[BODY] = '\0';
   int length = sprintf(event, "{%s,\"body\":\"%s\"}", members, body);
   assert_int_equal(EVENT_HTTP, event_shape_of(event, (size_t)length));
   length = sprintf(event, "{\"body\":\"%s\",%s}", body, members);
   assert_int_equal(EVENT_HTTP, event_shape_of(event, (size_t)length));
   free(event);
   free(body);
}

/* The mark is found by its q, and in another way if there are many. */
TEST(finds_the_context_among_letters_like_its_own)
{
   static const char context[] = "\",\"httpMethod\":\"GET\",\"requestContext\":{}}";
   char event[4096] = "{\"q\":\"";
   size_t begin = strlen(event);

   for (size_t count = 0; count < sizeof event - begin - sizeof context; count += count < 40 ? 1 : 97) {
      memset(event + begin, 'q', count);
      strcpy(event + begin + count, context);
      assert_int_equal(EVENT_HTTP, shape_of(event));
      event[begin + count + sizeof context - 4] = '\0';
      assert_int_equal(EVENT_PLAIN, shape_of(event));
   }
   assert_int_equal(EVENT_PLAIN, shape_of("{\"requestContextq"));
   assert_int_equal(EVENT_PLAIN, shape_of("{q"));
}

TEST(takes_everything_else_as_plain)
{
   static const char *const events[] = {"",
                                        " ",
                                        "{}",
                                        "null",
                                        "\"requestContext\"",
                                        "[\"requestContext\"]",
                                        "{\"requestContext\"",
                                        "{\"requestContext\":}",
                                        "{\"requestContext\":1}",
                                        "{\"requestContext\":null,\"httpMethod\":\"GET\"}",
                                        "{\"requestContext\":[{\"elb\":1}]}",
                                        "{\"requestContext\":{}}",
                                        "{\"requestContext\":{\"http\":{}},\"version\":2.0}",
                                        "{\"requestContext\":{\"http\":{}},\"version\":\"1.0\"}",
                                        "{\"text\":\"\\\"requestContext\\\"\"}",
                                        "{\"text\":\"requestContext\",\"httpMethod\":\"GET\"}",
                                        "{\"in\":{\"httpMethod\":\"GET\",\"requestContext\":{}}}",
                                        "[{\"httpMethod\":\"GET\",\"requestContext\":{}}]",
                                        "{\"requestContext\":\"elb\",\"httpMethod\":\"GET\"}",
                                        "{\"requestContext\":{\"routeKey\":\"$connect\",\"connectionId\":\"x\"}}",
                                        "{\"requestContext\":{\"connectionId\":\"x\",\"eventType\":null}}",
                                        "{\"raw_path\":\"/x\",\"headers\":{}}",
                                        "{\"raw_path\":\"/x\",\"method\":\"GET\"}",
                                        "{\"method\":\"GET\",\"requestContext\":{\"serviceNetworkArn\":null}}",
                                        "{\"type\":\"TOKEN\",\"methodArn\":null}",
                                        "{\"methodArn\":\"arn\"}",
                                        "{\"type\":\"REQUEST\",\"text\":\"\\\"methodArn\\\"\"}",
                                        "{\"authorizationToken\":\"x\"}",
                                        "{\"authorizationToken\":\"x\",\"requestContext\":{\"apiId\":7}}"};

   for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
      assert_int_equal(EVENT_PLAIN, shape_of(events[i]));
   }
}

/* The parser limits the depth; the search does not. */
TEST(takes_the_deep_as_plain)
{
   enum { DEPTH = 10000 };
   static const char level[] = "{\"requestContext\":";
   char *event = malloc(DEPTH * sizeof level * 2);
   char *end = event;

   assert_non_null(event);
   for (int i = 0; i < DEPTH; i++) {
      end = strcpy(end, level) + sizeof level - 1;
   }
   *end++ = '1';
   memset(end, '}', DEPTH);
   end[DEPTH] = '\0';
   assert_int_equal(EVENT_PLAIN, shape_of(event));
   free(event);
}

TEST(has_no_answer_for_the_plain_and_for_authorizers)
{
   assert_null(event_shape_answer(EVENT_PLAIN, "id", "{}", 2));
   assert_null(event_shape_answer(EVENT_AUTHORIZER, "id", "{}", 2));
}

/* Every allocation of the provider, and of cJSON for it, fails once. */
#include "buffer.h"
#include "event_shape.h"
#include "failure_json.h"
#include "next_headers.h"

#include "short_memory.h"
#include "test_main.h"

static bool
fill_a_buffer(void)
{
   struct buffer buffer;
   bool good;

   buffer_init(&buffer, 100000);
   good = buffer_add(&buffer, "abc", 3) && buffer_reserve(&buffer, 50000);
   assert_true(good || buffer.length == 0 || memcmp(buffer.bytes, "abc", 3) == 0);
   buffer_clear(&buffer);
   return good;
}

static bool
take_headers(void)
{
   static const char line[] = "Lambda-Runtime-Trace-Id: Root=1";
   struct next_headers headers;
   bool good;

   next_headers_init(&headers);
   next_headers_add(&headers, line, sizeof line - 1);
   good = headers.problem.type[0] == '\0';
   assert_true(good == (headers.attributes[NEXT_TRACE_ID] != NULL));
   next_headers_clear(&headers);
   return good;
}

static bool
tell_a_shape(void)
{
   static const char event[] = "{\"requestContext\":{\"elb\":{}},\"headers\":{}}";

   return event_shape_of(event, sizeof event - 1) == EVENT_LOAD_BALANCER;
}

static bool
answer_in_shape(void)
{
   char *answer = event_shape_answer(EVENT_LOAD_BALANCER_MULTI, "id", "{\"a\":1}", 7);
   bool good = answer != NULL;

   free(answer);
   return good;
}

static bool
make_a_failure(void)
{
   char *failure = failure_json_make("Type.Of", "message", "{}", 2);
   bool good = failure != NULL;

   free(failure);
   return good;
}

TEST(every_refusal_is_survived)
{
   assert_true(short_memory_sweep(fill_a_buffer) >= 2);
   assert_true(short_memory_sweep(take_headers) >= 1);
   assert_true(short_memory_sweep(tell_a_shape) >= 5);
   assert_true(short_memory_sweep(answer_in_shape) >= 10);
   assert_true(short_memory_sweep(make_a_failure) >= 5);
}

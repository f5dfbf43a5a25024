/* Every allocation of the provider, and of cJSON for it, fails once. */
#include "answer.h"
#include "event_source.h"
#include "scripted_host.h"

#include "short_memory.h"
#include "test_main.h"

#include <fcntl.h>
#include <unistd.h>

enum { MAX_EVENT_BYTES = 1 << 20, EVENT_BYTES = 20000 };

static struct scripted_host scripted;
static struct faas_error error;

static bool
read_event(void)
{
   static char bytes[EVENT_BYTES];
   struct provider_bytes event = {.length = 0};
   enum faas_result result = FAAS_ERROR;
   int input[2];

   memset(bytes, 'a', sizeof bytes);
   bytes[0] = bytes[EVENT_BYTES - 1] = '"';
   assert_int_equal(0, pipe(input));
   assert_int_equal(EVENT_BYTES, (int)write(input[1], bytes, sizeof bytes));
   close(input[1]);
   struct event_source *source = event_source_new(input[0], MAX_EVENT_BYTES, &scripted.host);
   if (source != NULL) {
      result = event_source_next(source, &event, &error);
      assert_true(result == FAAS_OK || strcmp(error.type, "Provider.OutOfMemory") == 0);
      event_source_destroy(source);
   }
   close(input[0]);
   return result == FAAS_OK && event.length == EVENT_BYTES;
}

TEST(reading_survives_every_refusal)
{
   scripted_host_init(&scripted);
   assert_true(short_memory_sweep(read_event) >= 3);
   scripted_host_clear(&scripted);
}

static bool
answer(void)
{
   int null = open("/dev/null", O_WRONLY);
   bool good = answer_with_error(null, "Event.Malformed", "found something", &error) == FAAS_OK;

   assert_true(good || strcmp(error.type, "Provider.OutOfMemory") == 0);
   close(null);
   return good;
}

TEST(answering_survives_every_refusal)
{
   assert_true(short_memory_sweep(answer) >= 3);
}

/* Every allocation of the provider, and of cJSON for it, fails once. */
#include "answer.h"
#include "event_source.h"
#include "scripted_host.h"

#include "short_memory.h"
#include "test_main.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_EVENT_BYTES = 1 << 20, EVENT_BYTES = 20000 };

/* One event read, or the reason why not. */
static bool
read_event(const struct scripted_host *scripted, int input, struct faas_error *error)
{
   struct json_text event;
   struct event_source *source = event_source_new(input, MAX_EVENT_BYTES, &scripted->host);
   enum faas_result result = FAAS_ERROR;

   if (!source) {
      strcpy(error->type, "Provider.OutOfMemory");
      return false;
   }
   result = event_source_next(source, &event, error);
   event_source_destroy(source);
   return result == FAAS_OK && event.length == EVENT_BYTES;
}

TEST(reading_survives_every_refusal)
{
   struct scripted_host scripted;
   bool good = false;
   int refusals = 0;

   scripted_host_init(&scripted);
   while (!good) {
      static char event[EVENT_BYTES];
      struct faas_error error = {"", ""};
      int input[2];

      memset(event, 'a', sizeof event);
      event[0] = event[EVENT_BYTES - 1] = '"';
      assert_int_equal(0, pipe(input));
      assert_int_equal(EVENT_BYTES, (int)write(input[1], event, sizeof event));
      close(input[1]);
      short_memory_begin(refusals);
      good = read_event(&scripted, input[0], &error);
      short_memory_end();
      close(input[0]);
      if (!good) {
         assert_string_equal("Provider.OutOfMemory", error.type);
         refusals++;
      }
   }
   assert_true(refusals >= 3);
   scripted_host_clear(&scripted);
}

TEST(answering_survives_every_refusal)
{
   int null = open("/dev/null", O_WRONLY);
   bool good = false;
   int refusals = 0;

   short_memory_for_cjson();
   while (!good) {
      struct faas_error error = {"", ""};

      short_memory_begin(refusals);
      good = answer_with_error(null, "Event.Malformed", "found something", &error) == FAAS_OK;
      short_memory_end();
      if (!good) {
         assert_string_equal("Provider.OutOfMemory", error.type);
         refusals++;
      }
   }
   assert_true(refusals >= 3);
   short_memory_not_for_cjson();
   close(null);
}

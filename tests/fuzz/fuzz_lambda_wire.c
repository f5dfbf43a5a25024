/* How the provider aws_lambda reads the Runtime API.
 * - Headers give text only, within its limits.
 * - An event has one shape, and its answer in that shape is JSON that contains the report.
 *
 * Header lines come first, up to the first empty one; the event follows. */
#include "fuzz_target.h"

#include "event_shape.h"
#include "failure_json.h"
#include "log_form.h"
#include "next_headers.h"
#include "utf8.h"

#include <cjson/cJSON.h>

static void
require_text(const char *text, size_t cap)
{
   size_t length = strlen(text);

   require(length <= cap, "a value within its cap");
   require(utf8_valid(text, length) == length, "UTF-8");
   for (size_t i = 0; i < length; i++) {
      require((unsigned char)text[i] >= 0x20 && text[i] != 0x7f, "no control characters");
   }
}

static void
check_headers(const struct next_headers *headers)
{
   require_text(headers->request_id, NEXT_HEADERS_ID_MAX - 1);
   require(headers->deadline_unix_ms >= 0, "a deadline that is no less than 0");
   require(headers->content_length >= -1, "a length");
   for (size_t i = 0; i < NEXT_ATTRIBUTE_COUNT; i++) {
      if (headers->attributes[i] != NULL) {
         require_text(headers->attributes[i], NEXT_HEADERS_VALUE_MAX);
      }
   }
   require((headers->problem.type[0] == '\0') == (headers->problem.message[0] == '\0'), "a problem with a message");
}

static size_t
feed_headers(struct next_headers *headers, const char *bytes, size_t size)
{
   size_t at = 0;

   while (at < size) {
      const char *end = memchr(bytes + at, '\n', size - at);
      size_t length = end == NULL ? size - at : (size_t)(end - (bytes + at)) + 1;
      char *line = copy_of(bytes + at, length);

      next_headers_add(headers, line, length);
      check_headers(headers);
      free(line);
      at += length;
      if (length <= 2 && headers->complete) {
         break;
      }
   }
   return at;
}

static cJSON *
require_json(const char *text)
{
   const char *end = NULL;
   cJSON *parsed = cJSON_ParseWithOpts(text, &end, true);

   require(parsed != NULL, "JSON");
   return parsed;
}

static void
check_event(const char *bytes, size_t size, const char *request_id)
{
   char *event = copy_of(bytes, size);
   enum event_shape shape = event_shape_of(event, size);
   char *answer = event_shape_answer(shape, request_id, event, size);

   require((answer == NULL) == (shape == EVENT_PLAIN || shape == EVENT_AUTHORIZER),
           "an answer to every front, and to nobody else");
   if (answer != NULL) {
      cJSON *parsed = require_json(answer);
      const char *body = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(parsed, "body"));
      size_t length = body == NULL ? 0 : strlen(body);

      /* Up to a NUL, which JSON never contains. */
      require(length > 0 && length <= size && memcmp(body, event, length) == 0, "the report as the body");
      require(length == size || event[length] == '\0', "all of the report");
      cJSON_Delete(parsed);
   }
   free(answer);
   free(event);
}

/* The platform and the log get the problem. */
static void
check_telling(const struct next_headers *headers)
{
   struct log_form form = {.json = true, .level = FAAS_LOG_DEBUG};
   struct faas_log_record record = {
      .size = sizeof record, .level = FAAS_LOG_ERROR, .source = "aws_lambda", .message = headers->request_id};
   char line[2048];
   char *failure = failure_json_make("Type.Of", headers->problem.message, NULL, 0);

   require(failure != NULL, "memory");
   require(utf8_valid(failure, strlen(failure)) == strlen(failure), "a failure of UTF-8");
   cJSON_Delete(require_json(failure));
   free(failure);
   require(log_form_line(&form, headers->request_id, &record, line, sizeof line) > 0, "a line");
   cJSON_Delete(require_json(line));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   struct next_headers headers;
   size_t at;

   next_headers_init(&headers);
   at = feed_headers(&headers, (const char *)data, size);
   check_telling(&headers);
   check_event((const char *)data + at, size - at, headers.request_id);
   next_headers_clear(&headers);
   return 0;
}

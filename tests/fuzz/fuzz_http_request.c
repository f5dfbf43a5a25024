/* What must hold for any request that the provider http reads.
 * - The event's payload is a part of the body; taken out of an envelope, it is valid JSON.
 * - The id is visible ASCII, no longer than EVENT_ID_MAX.
 * - A deadline is a time that may be written in its form.
 * - A refusal is JSON.
 *
 * The first byte chooses the platform. Headers come next, "Name: value", one per line, up to the first empty line; the
 * body follows. */
#include "fuzz_target.h"

#include "deadline.h"
#include "json_members.h"
#include "platform.h"

#include <cjson/cJSON.h>

#include <strings.h>

enum { HEADERS_MAX = 16 };

static const int64_t NOW_MS = INT64_C(1796000000000);
/* 9999-12-31T23:59:61.999Z, the last time that strptime reads. */
static const int64_t LAST_MS = INT64_C(253402300801999);
/* The longest X-Timeout. */
static const int64_t LONGEST_MS = INT64_C(1000000000000);

struct headers {
   char *lines[HEADERS_MAX]; /* "Name", NUL, "value" */
   const char *values[HEADERS_MAX];
   size_t count;
};

static void
take_headers(struct headers *headers, const uint8_t **data, size_t *size)
{
   memset(headers, 0, sizeof *headers);
   while (*size > 0 && headers->count < HEADERS_MAX) {
      size_t length;
      char *line = take_line(data, size, &length);
      char *colon = strchr(line, ':');

      if (length == 0 || colon == NULL) {
         free(line);
         return;
      }
      *colon = '\0';
      headers->lines[headers->count] = line;
      headers->values[headers->count++] = colon + 1 + strspn(colon + 1, " ");
   }
}

static const char *
find_header(void *context, const char *name)
{
   const struct headers *headers = context;

   for (size_t i = 0; i < headers->count; i++) {
      if (strcasecmp(headers->lines[i], name) == 0) {
         return headers->values[i];
      }
   }
   return NULL;
}

static void
check_refusal(const char *why)
{
   cJSON *tree = cJSON_Parse(why);
   const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "errorType"));

   require(type != NULL && strcmp(type, "Event.Malformed") == 0, "a refusal of the type Event.Malformed");
   require(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(tree, "errorMessage")), "a refusal with a message");
   cJSON_Delete(tree);
}

static void
check_id(const char *id)
{
   require(strlen(id) <= EVENT_ID_MAX, "an id within its cap");
   for (; *id != '\0'; id++) {
      require(*id > ' ' && *id <= '~', "an id of visible ASCII");
   }
}

static void
check_moment(const char *text)
{
   int64_t deadline = deadline_of_moment(text);

   require(deadline == FAAS_NO_DEADLINE || (deadline > 0 && deadline <= LAST_MS), "a moment between 1970 and 9999");
}

static void
check_duration(const char *text)
{
   int64_t deadline = deadline_of_duration(text, NOW_MS);

   require(deadline == FAAS_NO_DEADLINE || (deadline >= NOW_MS && deadline <= NOW_MS + LONGEST_MS),
           "a deadline that is not over, and not in another millennium");
}

static void
check_payload(const struct event *event, const char *body, size_t length)
{
   const char *payload = event->payload;

   require(event->payload_length > 0, "a payload");
   require((event->payload_length == 2 && memcmp(payload, "{}", 2) == 0) ||
              (payload >= body && payload + event->payload_length <= body + length),
           "a payload that lies in the body, or {}");
   if (event->envelope == ENVELOPE_NONE) {
      require(length == 0 || (payload == body && event->payload_length == length), "all of the body");
   } else if (payload != body) {
      require(json_members_check(payload, event->payload_length, NULL),
              "a payload of JSON, out of an envelope of JSON");
   }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   static const char *const names[] = {"plain", "fn", "cloudevents", "azure"};
   const struct platform *platform = platform_find(names[size > 0 ? data[0] % 4 : 0]);
   struct headers headers;
   struct event event;

   require(platform != NULL, "a platform");
   data += size > 0;
   size -= size > 0;
   take_headers(&headers, &data, &size);

   char *body = copy_of(data, size);
   const char *why = platform_read_event(platform, find_header, &headers, NOW_MS, body, size, &event);

   check_id(event.id);
   check_moment(find_header(&headers, "Fn-Deadline"));
   check_duration(find_header(&headers, "X-Timeout"));
   if (why != NULL) {
      check_refusal(why);
   } else {
      unsigned status = platform_failed_status(platform, &event);

      check_payload(&event, body, size);
      require(event.envelope == ENVELOPE_NONE || event.envelope == platform->envelope, "an envelope of the platform");
      require(status == 422 || status == 500 || status == 502, "a status by which the platform knows a failure");
   }
   free(body);
   for (size_t i = 0; i < headers.count; i++) {
      free(headers.lines[i]);
   }
   return 0;
}

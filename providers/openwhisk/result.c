#include "result.h"

#include "json_members.h"
#include "provider_error.h"
#include "provider_io.h"

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PARTS_MAX = 5 };

static struct provider_bytes
part_of(const char *text)
{
   return (struct provider_bytes){.bytes = text, .length = strlen(text)};
}

static size_t
length_of(const struct provider_bytes parts[PARTS_MAX])
{
   size_t length = 0;

   for (size_t i = 0; i < PARTS_MAX; i++) {
      length += parts[i].length;
   }
   return length;
}

static enum faas_result
write_line(const struct result_channel *channel, const struct provider_bytes parts[PARTS_MAX], struct faas_error *error)
{
   return provider_write_line(channel->descriptor, "descriptor 3", parts, PARTS_MAX, error);
}

/* report is JSON, or NULL. */
static enum faas_result
write_error(const struct result_channel *channel,
            const char *type,
            const char *message,
            const char *report,
            size_t report_length,
            struct faas_error *error)
{
   char *text = provider_error_json("type", type, "message", message);

   if (!text) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for an answer");
      return FAAS_ERROR;
   }
   const struct provider_bytes parts[PARTS_MAX] = {part_of("{\"error\":"),
                                                   {text, strlen(text) - 1}, /* the closing brace follows later */
                                                   part_of(report ? ",\"report\":" : ""),
                                                   {report, report_length},
                                                   part_of("}}")};
   enum faas_result result = write_line(channel, parts, error);
   cJSON_free(text);
   return result;
}

static enum faas_result
write_too_large(const struct result_channel *channel, size_t length, struct faas_error *error)
{
   char message[256];

   snprintf(message,
            sizeof message,
            "the answer is longer than %zu bytes: it has %zu; raise the option max_answer_bytes if OpenWhisk's own "
            "limit is higher",
            channel->max_bytes,
            length);
   return write_error(channel, "Provider.AnswerTooLarge", message, NULL, 0, error);
}

static enum faas_result
write_good(const struct result_channel *channel, const struct provider_bytes parts[PARTS_MAX], struct faas_error *error)
{
   size_t length = length_of(parts);

   return length > channel->max_bytes ? write_too_large(channel, length, error) : write_line(channel, parts, error);
}

static bool
is_null_error(const struct json_member *member)
{
   return json_member_is(member, "error") && member->value_length == 4 && *member->value == 'n';
}

/* Splits the object's text around its "error": null, with the commas right; without one, before is the whole text and
 * after is empty. */
static void
cut_null_error(struct json_members *members, struct provider_bytes *before, struct provider_bytes *after)
{
   const char *const end = before->bytes + before->length;
   const char *previous_end = NULL;
   struct json_member member;

   while (json_members_next(members, &member)) {
      const char *member_end = member.value + member.value_length;

      if (is_null_error(&member)) {
         const char *from = previous_end ? previous_end : member.name - 1;

         if (!previous_end && json_members_next(members, &member)) {
            member_end = member.name - 1;
         }
         before->length = (size_t)(from - before->bytes);
         *after = (struct provider_bytes){member_end, (size_t)(end - member_end)};
         return;
      }
      previous_end = member_end;
   }
}

enum faas_result
result_good(const struct result_channel *channel, const char *report, size_t length, struct faas_error *error)
{
   struct json_members members;

   if (!json_members_check(report, length, NULL)) {
      return write_error(
         channel, "Provider.AnswerNotJson", "the answer is not JSON; OpenWhisk takes a JSON object", NULL, 0, error);
   }
   if (json_members_init(&members, report, length)) {
      struct provider_bytes parts[PARTS_MAX] = {{report, length}};

      cut_null_error(&members, &parts[0], &parts[1]);
      return write_good(channel, parts, error);
   }
   const struct provider_bytes wrapped[PARTS_MAX] = {part_of("{\"value\":"), {report, length}, part_of("}")};

   return write_good(channel, wrapped, error);
}

enum faas_result
result_failed(const struct result_channel *channel, const struct faas_failure *failure, struct faas_error *error)
{
   /* Everything else in the answer takes far less than an eighth of the limit. */
   bool has_report = failure->report && failure->report_length <= channel->max_bytes - channel->max_bytes / 8 &&
                     json_members_check(failure->report, failure->report_length, NULL);

   return write_error(channel,
                      failure->type,
                      failure->message,
                      has_report ? failure->report : NULL,
                      has_report ? failure->report_length : 0,
                      error);
}

enum faas_result
result_acknowledge(const struct result_channel *channel, bool ok, struct faas_error *error)
{
   const struct provider_bytes parts[PARTS_MAX] = {part_of(ok ? "{\"ok\":true}" : "{\"ok\":false}")};

   return write_line(channel, parts, error);
}

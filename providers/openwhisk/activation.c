#include "activation.h"

#include "json_members.h"
#include "provider_error.h"
#include "provider_number.h"
#include "utf8.h"

#include <cjson/cJSON.h>

#include <stdio.h>
#include <string.h>

static const char NO_VALUE[] = "{}";

/* What OpenWhisk sends with every activation; the harness gets it under the same names. */
static const char *const ATTRIBUTES[] = {"namespace", "action_name", "action_version", "transaction_id", "api_host"};

_Static_assert(sizeof ATTRIBUTES / sizeof ATTRIBUTES[0] == ACTIVATION_ATTRIBUTES_MAX, "room for each of them");

/* Reads a string member, unescaped and on one line. Returns false when it is not a string, or does not fit. */
static bool
read_text(const struct json_member *member, char *text, size_t size)
{
   cJSON *parsed;
   bool fits;

   /* An escape takes at most six bytes for one. */
   if (*member->value != '"' || member->value_length > size * 6) {
      return false;
   }
   parsed = cJSON_ParseWithLength(member->value, member->value_length);
   fits = cJSON_IsString(parsed) && strlen(parsed->valuestring) < size;
   if (fits) {
      strcpy(text, parsed->valuestring);
      utf8_make_one_line(text);
   }
   cJSON_Delete(parsed);
   return fits;
}

/* Reads a number of milliseconds, given as a string, which OpenWhisk sends, or bare. */
static bool
read_deadline(const struct json_member *member, int64_t *unix_ms)
{
   size_t quote = *member->value == '"' ? 1 : 0;

   *unix_ms = provider_number(member->value + quote, member->value_length - 2 * quote);
   return *unix_ms > 0;
}

static void
read_attribute(struct activation *activation, const struct json_member *member)
{
   for (size_t i = 0; i < ACTIVATION_ATTRIBUTES_MAX; i++) {
      char *value = activation->values[activation->attribute_count];

      if (json_member_is(member, ATTRIBUTES[i])) {
         if (read_text(member, value, sizeof activation->values[0])) {
            activation->attributes[activation->attribute_count++] =
               (struct faas_attribute){.name = ATTRIBUTES[i], .value = value};
         }
         return;
      }
   }
}

static void
read_member(struct activation *activation, const struct json_member *member)
{
   if (json_member_is(member, "value")) {
      activation->payload = member->value;
      activation->payload_length = member->value_length;
   } else if (json_member_is(member, "activation_id")) {
      if (!read_text(member, activation->id, sizeof activation->id)) {
         activation->id[0] = '\0';
      }
   } else if (json_member_is(member, "deadline")) {
      activation->deadline_unread = !read_deadline(member, &activation->deadline_unix_ms);
      if (activation->deadline_unread) {
         activation->deadline_unix_ms = FAAS_NO_DEADLINE;
      }
   } else if (activation->attribute_count < ACTIVATION_ATTRIBUTES_MAX) {
      read_attribute(activation, member);
   }
}

bool
activation_read(struct activation *activation, const char *line, size_t length, struct faas_error *error)
{
   struct json_members members;
   struct json_member member;

   memset(activation, 0, sizeof *activation);
   activation->payload = NO_VALUE;
   activation->payload_length = sizeof NO_VALUE - 1;
   activation->deadline_unix_ms = FAAS_NO_DEADLINE;
   if (!json_members_check(line, length, error)) {
      return false;
   }
   if (!json_members_init(&members, line, length)) {
      provider_error_set(error,
                         "Event.Malformed",
                         "the line is not a JSON object whose member \"value\" is the event; send lines as OpenWhisk's "
                         "proxy does, or use the provider local");
      return false;
   }
   while (json_members_next(&members, &member)) {
      read_member(activation, &member);
   }
   return true;
}

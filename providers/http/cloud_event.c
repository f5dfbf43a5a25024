#include "cloud_event.h"

#include "json_members.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define REFUSED(why) "{\"errorType\":\"Event.Malformed\",\"errorMessage\":\"" why "\"}"

static const char STRUCTURED[] = "application/cloudevents+json";
static const char BATCH[] = "application/cloudevents-batch";

static bool
is_set(const char *text)
{
   return text && *text != '\0';
}

static const char *
read_binary(struct cloud_event *event, platform_header header, void *context)
{
   const char *id = header(context, "ce-id");

   if (strcmp(header(context, "ce-specversion"), "1.0") != 0) {
      return REFUSED("the CloudEvent's ce-specversion must be 1.0");
   }
   if (!is_set(id) || !is_set(header(context, "ce-source")) || !is_set(header(context, "ce-type"))) {
      return REFUSED("the CloudEvent must have ce-id, ce-source and ce-type");
   }
   event->form = CLOUD_EVENT_BINARY;
   if (strlen(id) < sizeof event->id) {
      snprintf(event->id, sizeof event->id, "%s", id);
   }
   return NULL;
}

/* The length of a string's text between its quotes; 0 for anything that is not a string. */
static size_t
string_length(const struct json_member *member)
{
   return *member->value == '"' ? member->value_length - 2 : 0;
}

static bool
is_version_1(const struct json_member *member)
{
   return member->value_length == sizeof "\"1.0\"" - 1 && memcmp(member->value, "\"1.0\"", member->value_length) == 0;
}

static const char *
read_structured(struct cloud_event *event, const char *body, size_t length)
{
   struct json_members members;
   struct json_member member;
   bool version = false, id = false, source = false, type = false;

   if (!json_members_check(body, length, NULL) || !json_members_init(&members, body, length)) {
      return REFUSED("the content type names a CloudEvent, but the body is not a JSON object");
   }
   event->data_length = 0;
   while (json_members_next(&members, &member)) {
      size_t text = string_length(&member);

      if (json_member_is(&member, "specversion")) {
         version = is_version_1(&member);
      } else if (json_member_is(&member, "id")) {
         id = text > 0;
         if (text < sizeof event->id && !memchr(member.value, '\\', member.value_length)) {
            snprintf(event->id, sizeof event->id, "%.*s", (int)text, member.value + 1);
         }
      } else if (json_member_is(&member, "source")) {
         source = text > 0;
      } else if (json_member_is(&member, "type")) {
         type = text > 0;
      } else if (json_member_is(&member, "data") || json_member_is(&member, "data_base64")) {
         event->data = member.value;
         event->data_length = member.value_length;
      }
   }
   if (!version || !id || !source || !type) {
      return REFUSED("the CloudEvent must have specversion 1.0, id, source and type");
   }
   event->form = CLOUD_EVENT_STRUCTURED;
   return NULL;
}

const char *
cloud_event_read(struct cloud_event *event, platform_header header, void *context, const char *body, size_t length)
{
   const char *content = header(context, "Content-Type");

   *event = (struct cloud_event){.form = CLOUD_EVENT_NONE, .data = body, .data_length = length};
   if (content && strncasecmp(content, BATCH, sizeof BATCH - 1) == 0) {
      return REFUSED("batches of CloudEvents are not supported; send one at a time");
   }
   if (content && strncasecmp(content, STRUCTURED, sizeof STRUCTURED - 1) == 0) {
      return read_structured(event, body, length);
   }
   return header(context, "ce-specversion") ? read_binary(event, header, context) : NULL;
}

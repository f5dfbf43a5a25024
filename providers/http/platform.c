#include "platform.h"

#include "deadline.h"
#include "json_members.h"
#include "provider_number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* X-Call-Id and X-Timeout: openfaas/of-watchdog. */
static const struct platform PLAIN = {
   .name = "plain", .id_header = "X-Call-Id", .duration_header = "X-Timeout", .failed_status = 500};
/* Fn takes 502 for a failure, and any status but 200, 502 and 504 for a broken container, which it ends (fnproject/fn,
 * api/agent/agent.go). */
static const struct platform FN = {.name = "fn",
                                   .call_path = "/call",
                                   .id_header = "Fn-Call-Id",
                                   .moment_header = "Fn-Deadline",
                                   .failed_status = 502,
                                   .refused_status = 502};
/* Cloud Run and Knative. Knative's eventing would resend an event after a 5xx (knative/specs, eventing data plane). */
static const struct platform CLOUD_EVENTS = {
   .name = "cloudevents", .id_header = "X-Request-Id", .envelope = ENVELOPE_CLOUD_EVENT, .failed_status = 500};
static const struct platform AZURE = {
   .name = "azure", .id_header = "X-Azure-Functions-InvocationId", .envelope = ENVELOPE_AZURE, .failed_status = 500};
/* AWS's Lambda Web Adapter. Its user says which statuses are errors of the function, in AWS_LWA_ERROR_STATUS_CODES. */
static const struct platform LWA = {.name = "lwa", .context_header = "x-amzn-lambda-context", .failed_status = 500};

enum { CLOUD_EVENT_FAILED = 422 };

static bool
is_set(const char *variable)
{
   const char *value = getenv(variable);

   return value && *value != '\0';
}

const struct platform *
platform_find(const char *name)
{
   static const struct platform *const all[] = {&PLAIN, &FN, &CLOUD_EVENTS, &AZURE, &LWA};

   if (strcmp(name, "auto") == 0) {
      return is_set("FN_LISTENER")                    ? &FN
             : is_set("FUNCTIONS_CUSTOMHANDLER_PORT") ? &AZURE
             : is_set("K_SERVICE")                    ? &CLOUD_EVENTS
             : is_set("AWS_LAMBDA_RUNTIME_API")       ? &LWA
                                                      : &PLAIN;
   }
   for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
      if (strcmp(name, all[i]->name) == 0) {
         return all[i];
      }
   }
   return NULL;
}

void
platform_default_address(const struct platform *platform, char *address, size_t size)
{
   if (platform == &FN && is_set("FN_LISTENER")) {
      snprintf(address, size, "%s", getenv("FN_LISTENER"));
   } else if (platform == &AZURE && is_set("FUNCTIONS_CUSTOMHANDLER_PORT")) {
      snprintf(address, size, "127.0.0.1:%s", getenv("FUNCTIONS_CUSTOMHANDLER_PORT"));
   } else if (platform == &LWA && (is_set("AWS_LWA_PORT") || is_set("PORT"))) {
      snprintf(address, size, "127.0.0.1:%s", getenv(is_set("AWS_LWA_PORT") ? "AWS_LWA_PORT" : "PORT"));
   } else if (is_set("PORT")) {
      snprintf(address, size, "0.0.0.0:%s", getenv("PORT"));
   } else {
      snprintf(address, size, "127.0.0.1:8080");
   }
}

static void
read_id_of(const char *text, size_t length, char id[EVENT_ID_MAX + 1])
{
   id[0] = '\0';
   if (length == 0 || length > EVENT_ID_MAX) {
      return;
   }
   for (size_t i = 0; i < length; i++) {
      if (text[i] <= ' ' || text[i] > '~') {
         return;
      }
   }
   memcpy(id, text, length);
   id[length] = '\0';
}

static void
read_id(const char *text, char id[EVENT_ID_MAX + 1])
{
   read_id_of(text, text ? strlen(text) : 0, id);
}

/* Reads the JSON object in which AWS's Lambda Web Adapter passes on what the Runtime API said about an invocation. */
static void
read_lambda_context(const char *text, struct event *event)
{
   struct json_members members;
   struct json_member member;
   const size_t length = text ? strlen(text) : 0;

   if (length == 0 || !json_members_check(text, length, NULL) || !json_members_init(&members, text, length)) {
      return;
   }
   while (json_members_next(&members, &member)) {
      /* Lambda's ids have no escapes. */
      if (json_member_is(&member, "request_id") && *member.value == '"' &&
          !memchr(member.value, '\\', member.value_length)) {
         read_id_of(member.value + 1, member.value_length - 2, event->id);
      } else if (json_member_is(&member, "deadline")) {
         int64_t unix_ms = provider_number(member.value, member.value_length);
         event->deadline_unix_ms = unix_ms > 0 ? unix_ms : FAAS_NO_DEADLINE;
      }
   }
}

static void
read_headers(
   const struct platform *platform, platform_header header, void *context, int64_t now_ms, struct event *event)
{
   read_id(platform->id_header ? header(context, platform->id_header) : NULL, event->id);
   event->deadline_unix_ms = FAAS_NO_DEADLINE;
   if (platform->context_header) {
      read_lambda_context(header(context, platform->context_header), event);
   }
   if (platform->moment_header) {
      event->deadline_unix_ms = deadline_of_moment(header(context, platform->moment_header));
   }
   if (platform->duration_header) {
      event->deadline_unix_ms = deadline_of_duration(header(context, platform->duration_header), now_ms);
   }
}

/* {"Data": {…}, "Metadata": {…}}; anything else is an HTTP request that the host forwarded. */
static void
open_azure(const char *body, size_t length, struct event *event)
{
   struct json_members members;
   struct json_member member;
   struct json_member data = {0};
   bool has_metadata = false;

   if (!json_members_check(body, length, NULL) || !json_members_init(&members, body, length)) {
      return;
   }
   while (json_members_next(&members, &member)) {
      if (json_member_is(&member, "Data")) {
         data = member;
      }
      has_metadata = has_metadata || json_member_is(&member, "Metadata");
   }
   if (data.value && has_metadata) {
      event->envelope = ENVELOPE_AZURE;
      event->payload = data.value;
      event->payload_length = data.value_length;
   }
}

#define REFUSED(why) "{\"errorType\":\"Event.Malformed\",\"errorMessage\":\"" why "\"}"

static bool
has_header(platform_header header, void *context, const char *name)
{
   const char *value = header(context, name);

   return value && *value != '\0';
}

/* The CloudEvent's attributes are headers, and its data is the body. */
static const char *
open_binary(platform_header header, void *context, struct event *event)
{
   if (strcmp(header(context, "ce-specversion"), "1.0") != 0) {
      return REFUSED("the CloudEvent's ce-specversion must be 1.0");
   }
   if (!has_header(header, context, "ce-id") || !has_header(header, context, "ce-source") ||
       !has_header(header, context, "ce-type")) {
      return REFUSED("the CloudEvent must have ce-id, ce-source and ce-type");
   }
   event->envelope = ENVELOPE_CLOUD_EVENT;
   read_id(header(context, "ce-id"), event->id);
   return NULL;
}

static bool
is_text(const struct json_member *member)
{
   return *member->value == '"' && member->value_length > 2;
}

/* The CloudEvent is one JSON object. */
static const char *
open_structured(const char *body, size_t length, struct event *event)
{
   struct json_members members;
   struct json_member member;
   bool version = false, id = false, source = false, type = false;

   if (!json_members_check(body, length, NULL) || !json_members_init(&members, body, length)) {
      return REFUSED("the content type names a CloudEvent, but the body is not a JSON object");
   }
   event->envelope = ENVELOPE_CLOUD_EVENT;
   event->payload_length = 0;
   event->id[0] = '\0';
   while (json_members_next(&members, &member)) {
      if (json_member_is(&member, "specversion")) {
         version = member.value_length == 5 && memcmp(member.value, "\"1.0\"", 5) == 0;
      } else if (json_member_is(&member, "id")) {
         id = is_text(&member);
         if (id && !memchr(member.value, '\\', member.value_length)) {
            read_id_of(member.value + 1, member.value_length - 2, event->id);
         }
      } else if (json_member_is(&member, "source")) {
         source = is_text(&member);
      } else if (json_member_is(&member, "type")) {
         type = is_text(&member);
      } else if (json_member_is(&member, "data") || json_member_is(&member, "data_base64")) {
         event->payload = member.value;
         event->payload_length = member.value_length;
      }
   }
   return version && id && source && type ? NULL
                                          : REFUSED("the CloudEvent must have specversion 1.0, id, source and type");
}

/* CloudEvents 1.0, HTTP protocol binding. */
static const char *
open_cloud_event(platform_header header, void *context, const char *body, size_t length, struct event *event)
{
   static const char STRUCTURED[] = "application/cloudevents+json";
   static const char BATCH[] = "application/cloudevents-batch";
   const char *content = header(context, "Content-Type");

   if (content && strncasecmp(content, BATCH, sizeof BATCH - 1) == 0) {
      return REFUSED("batches of CloudEvents are not supported; send one at a time");
   }
   if (content && strncasecmp(content, STRUCTURED, sizeof STRUCTURED - 1) == 0) {
      return open_structured(body, length, event);
   }
   return header(context, "ce-specversion") ? open_binary(header, context, event) : NULL;
}

const char *
platform_read_event(const struct platform *platform,
                    platform_header header,
                    void *context,
                    int64_t now_ms,
                    const char *body,
                    size_t length,
                    struct event *event)
{
   const char *why = NULL;

   read_headers(platform, header, context, now_ms, event);
   event->envelope = ENVELOPE_NONE;
   event->payload = body;
   event->payload_length = length;
   if (platform->envelope == ENVELOPE_CLOUD_EVENT) {
      why = open_cloud_event(header, context, body, length, event);
   } else if (platform->envelope == ENVELOPE_AZURE) {
      open_azure(body, length, event);
   }
   if (event->payload_length == 0) {
      event->payload = "{}";
      event->payload_length = 2;
   }
   return why;
}

unsigned
platform_failed_status(const struct platform *platform, const struct event *event)
{
   return event->envelope == ENVELOPE_CLOUD_EVENT ? CLOUD_EVENT_FAILED : platform->failed_status;
}

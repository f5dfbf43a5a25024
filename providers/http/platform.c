#include "platform.h"

#include "cloud_event.h"
#include "deadline.h"
#include "json_members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Reads a time in milliseconds since 1970. */
static int64_t
moment(const struct json_member *member)
{
   char digits[16] = ""; /* enough until the year 33658 */
   int64_t milliseconds;

   if (member->value_length >= sizeof digits) {
      return FAAS_NO_DEADLINE;
   }
   memcpy(digits, member->value, member->value_length);
   if (digits[strspn(digits, "0123456789")] != '\0') {
      return FAAS_NO_DEADLINE;
   }
   milliseconds = strtoll(digits, NULL, 10);
   return milliseconds > 0 ? milliseconds : FAAS_NO_DEADLINE;
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
         event->deadline_unix_ms = moment(&member);
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

static const char *
open_cloud_event(platform_header header, void *context, const char *body, size_t length, struct event *event)
{
   struct cloud_event cloud_event;
   const char *why = cloud_event_read(&cloud_event, header, context, body, length);

   if (!why && cloud_event.form != CLOUD_EVENT_NONE) {
      event->envelope = ENVELOPE_CLOUD_EVENT;
      event->payload = cloud_event.data;
      event->payload_length = cloud_event.data_length;
      read_id(cloud_event.id, event->id);
   }
   return why;
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

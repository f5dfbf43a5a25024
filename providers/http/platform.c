#include "platform.h"

#include "deadline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fn: fnproject/fn, docs of its container contract. X-Call-Id and X-Timeout: openfaas/of-watchdog. */
static const struct platform PLAIN = {
   .name = "plain", .id_header = "X-Call-Id", .duration_header = "X-Timeout", .failed_status = 500};
static const struct platform FN = {
   .name = "fn", .call_path = "/call", .id_header = "Fn-Call-Id", .moment_header = "Fn-Deadline", .failed_status = 502};

static bool
is_set(const char *variable)
{
   const char *value = getenv(variable);

   return value && *value != '\0';
}

const struct platform *
platform_find(const char *name)
{
   if (strcmp(name, "auto") == 0) {
      return is_set("FN_LISTENER") ? &FN : &PLAIN;
   }
   return strcmp(name, PLAIN.name) == 0 ? &PLAIN : strcmp(name, FN.name) == 0 ? &FN : NULL;
}

void
platform_default_address(const struct platform *platform, char *address, size_t size)
{
   if (platform == &FN && is_set("FN_LISTENER")) {
      snprintf(address, size, "%s", getenv("FN_LISTENER"));
   } else if (is_set("PORT")) {
      snprintf(address, size, "0.0.0.0:%s", getenv("PORT"));
   } else {
      snprintf(address, size, "127.0.0.1:8080");
   }
}

static void
read_id(const char *text, char id[EVENT_ID_MAX + 1])
{
   size_t length = text ? strlen(text) : 0;

   id[0] = '\0';
   if (length == 0 || length > EVENT_ID_MAX) {
      return;
   }
   for (size_t i = 0; i < length; i++) {
      if (text[i] <= ' ' || text[i] > '~') {
         return;
      }
   }
   memcpy(id, text, length + 1);
}

void
platform_read_headers(
   const struct platform *platform, platform_header header, void *context, int64_t now_ms, struct event *event)
{
   read_id(header(context, platform->id_header), event->id);
   event->deadline_unix_ms = FAAS_NO_DEADLINE;
   if (platform->moment_header) {
      event->deadline_unix_ms = deadline_of_moment(header(context, platform->moment_header));
   }
   if (platform->duration_header) {
      event->deadline_unix_ms = deadline_of_duration(header(context, platform->duration_header), now_ms);
   }
}

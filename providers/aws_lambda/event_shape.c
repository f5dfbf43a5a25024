#include "event_shape.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* All of the fronts send this member, and hardly anyone else. */
#define MARK "\"requestContext\""
#define MARK_LENGTH (sizeof MARK - 1)
#define MARK_BEFORE_Q 3
#define MARK_FROM_Q ((ptrdiff_t)MARK_LENGTH - MARK_BEFORE_Q)

static bool
has(const cJSON *object, const char *name)
{
   return cJSON_GetObjectItemCaseSensitive(object, name) != NULL;
}

static bool
is_version_2(const cJSON *event)
{
   const cJSON *version = cJSON_GetObjectItemCaseSensitive(event, "version");
   return cJSON_IsString(version) && strcmp(version->valuestring, "2.0") == 0;
}

/* The host of a function URL is URL-ID.lambda-url.REGION.on.aws. */
static bool
is_function_url(const cJSON *context)
{
   const cJSON *domain = cJSON_GetObjectItemCaseSensitive(context, "domainName");
   return cJSON_IsString(domain) && strstr(domain->valuestring, ".lambda-url.") != NULL;
}

static enum event_shape
shape_of_parsed(const cJSON *event)
{
   const cJSON *context = cJSON_GetObjectItemCaseSensitive(event, "requestContext");
   if (!cJSON_IsObject(event) || !cJSON_IsObject(context)) {
      return EVENT_PLAIN;
   }
   if (has(context, "elb")) {
      return has(event, "multiValueHeaders") ? EVENT_LOAD_BALANCER_MULTI : EVENT_LOAD_BALANCER;
   }
   if (is_version_2(event) && has(context, "http")) {
      return is_function_url(context) ? EVENT_FUNCTION_URL : EVENT_HTTP_API;
   }
   return has(event, "httpMethod") ? EVENT_REST_API : EVENT_PLAIN;
}

/* What memmem would find. It takes 70 us for a megabyte, and memchr a fifth of that where there is hardly a q. */
static bool
has_mark(const char *event, size_t length)
{
   const char *end = event + length;
   const char *from = event;
   for (size_t tries = 0; tries <= length / 256; tries++) {
      const char *q = memchr(from, 'q', (size_t)(end - from));
      if (q == NULL) {
         return false;
      }
      if (q - event >= MARK_BEFORE_Q && end - q >= MARK_FROM_Q && memcmp(q - MARK_BEFORE_Q, MARK, MARK_LENGTH) == 0) {
         return true;
      }
      from = q + 1;
   }
   return memmem(event, length, MARK, MARK_LENGTH) != NULL;
}

enum event_shape
event_shape_of(const char *event, size_t length)
{
   size_t blank = 0;
   while (blank < length && strchr(" \t\r\n", event[blank]) != NULL && event[blank] != '\0') {
      blank++;
   }
   if (blank == length || event[blank] != '{' || !has_mark(event, length)) {
      return EVENT_PLAIN;
   }
   cJSON *parsed = cJSON_ParseWithLength(event, length);
   enum event_shape shape = shape_of_parsed(parsed);
   cJSON_Delete(parsed);
   return shape;
}

static bool
add_header(cJSON *headers, enum event_shape shape, const char *name, const char *value)
{
   if (shape != EVENT_LOAD_BALANCER_MULTI) {
      return cJSON_AddStringToObject(headers, name, value) != NULL;
   }
   cJSON *values = cJSON_AddArrayToObject(headers, name);
   cJSON *only = values == NULL ? NULL : cJSON_CreateString(value);
   return only != NULL && cJSON_AddItemToArray(values, only);
}

static bool
add_headers(cJSON *answer, enum event_shape shape, const char *request_id)
{
   cJSON *headers =
      cJSON_AddObjectToObject(answer, shape == EVENT_LOAD_BALANCER_MULTI ? "multiValueHeaders" : "headers");
   return headers != NULL && add_header(headers, shape, "Content-Type", "application/json") &&
          add_header(headers, shape, "X-Faas-Request-Id", request_id);
}

char *
event_shape_answer(enum event_shape shape, const char *request_id, const char *report, size_t length)
{
   char *text = NULL;
   char *body = shape == EVENT_PLAIN ? NULL : malloc(length + 1);
   if (body != NULL) {
      memcpy(body, report, length);
      body[length] = '\0';
   }
   cJSON *answer = body == NULL ? NULL : cJSON_CreateObject();
   bool complete = answer != NULL && cJSON_AddNumberToObject(answer, "statusCode", 200) != NULL &&
                   add_headers(answer, shape, request_id) && cJSON_AddStringToObject(answer, "body", body) != NULL &&
                   cJSON_AddFalseToObject(answer, "isBase64Encoded") != NULL;
   if (complete && (shape == EVENT_LOAD_BALANCER || shape == EVENT_LOAD_BALANCER_MULTI)) {
      complete = cJSON_AddStringToObject(answer, "statusDescription", "200 OK") != NULL;
   }
   if (complete) {
      text = cJSON_PrintUnformatted(answer);
   }
   cJSON_Delete(answer);
   free(body);
   return text;
}

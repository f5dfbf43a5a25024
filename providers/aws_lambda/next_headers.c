#include "next_headers.h"

#include "provider_error.h"
#include "provider_number.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PROBLEM "Provider.RuntimeApiProtocol"

static const struct {
   const char *header;
   const char *name;
} attributes[NEXT_ATTRIBUTE_COUNT] = {
   [NEXT_FUNCTION_ARN] = {"Lambda-Runtime-Invoked-Function-Arn", "function_arn"},
   [NEXT_TRACE_ID] = {"Lambda-Runtime-Trace-Id", "trace_id"},
   [NEXT_CLIENT_CONTEXT] = {"Lambda-Runtime-Client-Context", "client_context"},
   [NEXT_COGNITO_IDENTITY] = {"Lambda-Runtime-Cognito-Identity", "cognito_identity"},
   [NEXT_TENANT_ID] = {"Lambda-Runtime-Aws-Tenant-Id", "tenant_id"},
};

const char *
next_attribute_name(enum next_attribute attribute)
{
   return attributes[attribute].name;
}

void
next_headers_init(struct next_headers *headers)
{
   memset(headers, 0, sizeof *headers);
   headers->deadline_unix_ms = FAAS_NO_DEADLINE;
   headers->content_length = -1;
}

void
next_headers_clear(struct next_headers *headers)
{
   for (size_t i = 0; i < NEXT_ATTRIBUTE_COUNT; i++) {
      free(headers->attributes[i]);
   }
   next_headers_init(headers);
}

static void
note_problem(struct next_headers *headers, const char *expected, const char *found, size_t length)
{
   if (headers->problem.type[0] == '\0') {
      int shown = length > 100 ? 100 : (int)length;
      provider_error_set(
         &headers->problem, PROBLEM, "Runtime API: expected %s, found \"%.*s\"", expected, shown, found);
   }
}

/* Attributes go through the provider interface, whose strings are UTF-8. */
static bool
is_text(const char *value, size_t length)
{
   for (size_t i = 0; i < length; i++) {
      if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f) {
         return false;
      }
   }
   return utf8_valid(value, length) == length;
}

/* Messages for both kinds of id: what was expected, and what is wrong when a second, different one arrives. */
struct id_words {
   const char *expected;
   const char *repeated;
};

static const struct id_words request_id_words = {"a request id of 1 to 255 bytes of printable UTF-8",
                                                 "only one request id"};
static const struct id_words invocation_id_words = {"an invocation id of 1 to 255 bytes of printable UTF-8",
                                                    "only one invocation id"};

static void
take_id(struct next_headers *headers, char *id, const struct id_words *words, const char *value, size_t length)
{
   if (length == 0 || length >= NEXT_HEADERS_ID_MAX || !is_text(value, length)) {
      note_problem(headers, words->expected, value, length);
      return;
   }
   bool is_same = strlen(id) == length && memcmp(id, value, length) == 0;
   if (id[0] != '\0' && !is_same) {
      note_problem(headers, words->repeated, value, length);
      return;
   }
   memcpy(id, value, length);
   id[length] = '\0';
}

static void
take_attribute(struct next_headers *headers, size_t index, const char *value, size_t length)
{
   if (length > NEXT_HEADERS_VALUE_MAX || !is_text(value, length)) {
      note_problem(headers, "a header of printable UTF-8, at most 16 KiB", value, length);
      return;
   }
   char *copy = malloc(length + 1);
   if (copy == NULL) {
      note_problem(headers, "memory for a header", "none", 4);
      return;
   }
   memcpy(copy, value, length);
   copy[length] = '\0';
   free(headers->attributes[index]);
   headers->attributes[index] = copy;
}

static bool
is_named(const char *name, size_t length, const char *expected)
{
   return strlen(expected) == length && strncasecmp(name, expected, length) == 0;
}

static void
take(struct next_headers *headers, const char *name, size_t name_length, const char *value, size_t length)
{
   if (is_named(name, name_length, "Lambda-Runtime-Aws-Request-Id")) {
      take_id(headers, headers->request_id, &request_id_words, value, length);
   } else if (is_named(name, name_length, "Lambda-Runtime-Invocation-Id")) {
      take_id(headers, headers->invocation_id, &invocation_id_words, value, length);
   } else if (is_named(name, name_length, "Lambda-Runtime-Deadline-Ms")) {
      int64_t deadline = provider_number(value, length);
      if (deadline < 0) {
         note_problem(headers, "a deadline in milliseconds", value, length);
      } else {
         headers->deadline_unix_ms = deadline;
      }
   } else if (is_named(name, name_length, "Content-Length")) {
      headers->content_length = provider_number(value, length);
   } else {
      for (size_t i = 0; i < NEXT_ATTRIBUTE_COUNT; i++) {
         if (is_named(name, name_length, attributes[i].header)) {
            take_attribute(headers, i, value, length);
         }
      }
   }
}

void
next_headers_add(struct next_headers *headers, const char *line, size_t length)
{
   if (length == 0) {
      return;
   }
   if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
      next_headers_clear(headers);
      return;
   }
   /* RFC 9110, 6.5.1: fields in the trailers are not headers. */
   if (headers->complete) {
      return;
   }
   const char *colon = memchr(line, ':', length);
   if (colon == NULL) {
      headers->complete = line[0] == '\r' || line[0] == '\n';
      return;
   }
   const char *value = colon + 1;
   const char *end = line + length;
   while (value < end && (*value == ' ' || *value == '\t')) {
      value++;
   }
   while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ' || end[-1] == '\t')) {
      end--;
   }
   take(headers, line, (size_t)(colon - line), value, (size_t)(end - value));
}

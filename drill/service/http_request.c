#include "http_request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
http_request_clear(struct http_request *request)
{
   curl_slist_free_all(request->headers);
   free(request->body);
   *request = (struct http_request){0};
}

void
http_request_header(struct http_request *request, const char *format, ...)
{
   char text[1024];
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(text, sizeof text, format, arguments);
   va_end(arguments);
   struct curl_slist *headers = curl_slist_append(request->headers, text);
   if (headers == NULL) {
      request->failed = true;
   } else {
      request->headers = headers;
   }
}

void
http_request_body(struct http_request *request, const char *text, size_t length)
{
   free(request->body);
   request->body = strndup(text, length);
   request->body_length = length;
   request->failed = request->failed || request->body == NULL;
}

void
http_request_json(struct http_request *request, const char *text, size_t length)
{
   http_request_header(request, "Content-Type: application/json");
   if (strcmp(request->method, "GET") != 0) {
      http_request_body(request, text, length);
   }
}

void
http_request_line(struct http_request *request, const char *line, const char *given)
{
   line = line != NULL ? line : given;
   size_t method = strcspn(line, " ");
   (void)snprintf(request->method, sizeof request->method, "%.*s", (int)method, line);
   (void)snprintf(request->target, sizeof request->target, "%s", line + method + (line[method] == ' ' ? 1 : 0));
}

bool
http_request_line_fits(const char *line)
{
   const struct http_request *none = NULL;
   size_t method = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
   if (method == 0 || method >= sizeof none->method || line[method] != ' ' || line[method + 1] != '/') {
      return false;
   }
   size_t length = 0;
   for (const char *at = line + method + 1; *at != '\0'; at++, length++) {
      if (*at <= ' ' || *at >= 0x7f || *at == '#') {
         return false;
      }
   }
   return length < sizeof none->target;
}

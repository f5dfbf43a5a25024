/*
 * http_request: a request as a platform puts it.
 */
#ifndef FAAS_DRILL_HTTP_REQUEST_H
#define FAAS_DRILL_HTTP_REQUEST_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

struct http_request {
   char method[16];
   char target[512];
   struct curl_slist *headers;
   char *body; /* owned */
   size_t body_length;
   bool failed; /* out of memory */
};

void http_request_init(struct http_request *request);
void http_request_clear(struct http_request *request);

/* printf-like "Name: value". */
void http_request_header(struct http_request *request, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Copies it. */
void http_request_body(struct http_request *request, const char *text, size_t length);

/* The same with its Content-Type. A GET gets that alone. */
void http_request_json(struct http_request *request, const char *text, size_t length);

/* "GET /items", or given when that is NULL. Both are checked by http_request_line_fits. */
void http_request_line(struct http_request *request, const char *line, const char *given);

/* METHOD, a space, and a path. */
bool http_request_line_fits(const char *line);

#endif

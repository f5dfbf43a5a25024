/*
 * http_request: builds a request as a platform sends it.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* Starts zeroed. */
struct http_request {
   char method[16];
   char target[512];
   struct curl_slist *headers;
   char *body; /* owned */
   size_t body_length;
   bool failed; /* out of memory */
};

void http_request_clear(struct http_request *request);

/* printf-like "Name: value". */
void http_request_header(struct http_request *request, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Copies text. */
void http_request_body(struct http_request *request, const char *text, size_t length);

/* The same with its Content-Type. A GET gets the Content-Type only. */
void http_request_json(struct http_request *request, const char *text, size_t length);

/* Sets the request line from line, "GET /items", or from given if line is NULL. Both must have passed
 * http_request_line_fits. */
void http_request_line(struct http_request *request, const char *line, const char *given);

/* True for METHOD, a space, and a path. */
bool http_request_line_fits(const char *line);

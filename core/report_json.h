/*
 * report_json: writes JSON as it comes, and cleans every text on its way into a report.
 *
 * Building a tree with cJSON and printing it takes as many instructions as the two operations of the driver. cJSON
 * still escapes the texts and reads what comes from outside.
 */
#ifndef FAAS_CORE_REPORT_JSON_H
#define FAAS_CORE_REPORT_JSON_H

#include "redact.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ready when zeroed except for the redactor, which may be NULL. */
struct json_writer {
   const struct redactor *redactor;
   char *text; /* owned */
   size_t length;
   size_t capacity;
   bool follows; /* the next value follows another one, so a comma comes first */
   bool failed;  /* out of memory: the JSON is incomplete */
};

/* Returns the text, to be freed by free, and leaves the writer empty; NULL when memory ran out. */
char *json_take(struct json_writer *writer);

/* Everything added until the matching end goes inside. name is a literal that needs no escape; it is NULL in an array
 * and for the outermost value, also for the functions below. */
void json_begin_object(struct json_writer *writer, const char *name);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer, const char *name);
void json_end_array(struct json_writer *writer);

void json_add_null(struct json_writer *writer, const char *name);
void json_add_bool(struct json_writer *writer, const char *name, bool value);
void json_add_number(struct json_writer *writer, const char *name, uint64_t value);
void json_add_integer(struct json_writer *writer, const char *name, int64_t value);

/* Writes microseconds as milliseconds with three digits. A negative value becomes null with _or_null, is written as it
 * is with _signed_, and becomes 0 otherwise. */
void json_add_ms(struct json_writer *writer, const char *name, int64_t microseconds);
void json_add_ms_or_null(struct json_writer *writer, const char *name, int64_t microseconds);
void json_add_signed_ms(struct json_writer *writer, const char *name, int64_t microseconds);

/* Adds a literal that needs no escape and holds no secret. */
void json_add_literal(struct json_writer *writer, const char *name, const char *text);

/* Removes secrets; bytes that are not UTF-8 become '?'. */
void json_add_text(struct json_writer *writer, const char *name, const char *text);

/* Writes null for an empty text. */
void json_add_text_or_null(struct json_writer *writer, const char *name, const char *text);

/* Adds JSON from json_clean_object or json_take unchanged. NULL is taken to mean that memory ran out. */
void json_add_clean(struct json_writer *writer, const char *name, const char *json);

/* Returns a JSON object whose strings have no secrets, to be freed by cJSON_free; NULL when json is not an object, or
 * memory ran out. */
char *json_clean_object(const char *json, const struct redactor *redactor);

#endif

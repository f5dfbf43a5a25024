/*
 * report_json: cJSON with one place to notice that memory ran out, and one through which every text passes on its way
 * into a report.
 */
#ifndef FAAS_CORE_REPORT_JSON_H
#define FAAS_CORE_REPORT_JSON_H

#include "redact.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A report is five deep. */
#define JSON_DEPTH_MAX 8

struct cJSON;

/* Zeroed but for the redactor, which may be NULL, it is ready. */
struct json_writer {
   const struct redactor *redactor;
   struct cJSON
      *open[JSON_DEPTH_MAX]; /* objects and arrays not ended, the outermost first, which holds all and is owned */
   size_t depth;
   bool failed; /* out of memory: what was made is not complete */
};

/* The text, a string to be freed by cJSON_free, and an empty writer; NULL when memory ran out. */
char *json_take(struct json_writer *writer);

/* What follows until the end is inside. name is NULL in an array, as for the outermost value; so it is below. */
void json_begin_object(struct json_writer *writer, const char *name);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer, const char *name);
void json_end_array(struct json_writer *writer);

/* name is a literal, and lives as long as the writer. */
void json_add_null(struct json_writer *writer, const char *name);
void json_add_bool(struct json_writer *writer, const char *name, bool value);
void json_add_number(struct json_writer *writer, const char *name, uint64_t value);
void json_add_integer(struct json_writer *writer, const char *name, int64_t value);

/* Microseconds become milliseconds with three digits. Negative is null with _or_null, else 0. */
void json_add_ms(struct json_writer *writer, const char *name, int64_t microseconds);
void json_add_ms_or_null(struct json_writer *writer, const char *name, int64_t microseconds);
void json_add_signed_ms(struct json_writer *writer, const char *name, int64_t microseconds);

/* Without secrets; bytes that are not UTF-8 become '?'. */
void json_add_text(struct json_writer *writer, const char *name, const char *text);

/* Null when it is empty. */
void json_add_text_or_null(struct json_writer *writer, const char *name, const char *text);

/* JSON from json_clean_object or json_take, as it is; NULL is taken for memory that ran out. */
void json_add_clean(struct json_writer *writer, const char *name, const char *json);

/* A JSON object without secrets in its strings, to be freed by cJSON_free; NULL when json is no object, or memory ran
 * out. */
char *json_clean_object(const char *json, const struct redactor *redactor);

#endif

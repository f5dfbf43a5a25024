/*
 * report_json: cJSON with one place to notice that memory ran out, and one through which every text passes on its way
 * into a report.
 */
#ifndef FAAS_CORE_REPORT_JSON_H
#define FAAS_CORE_REPORT_JSON_H

#include "redact.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

struct json_writer {
   const struct redactor *redactor;
   bool failed; /* out of memory: what was made is not complete */
};

/* Each adds a member to parent, which may be NULL once the writer has failed. */
cJSON *json_add_object(struct json_writer *writer, cJSON *parent, const char *name);
cJSON *json_add_array(struct json_writer *writer, cJSON *parent, const char *name);
void json_add_null(struct json_writer *writer, cJSON *parent, const char *name);
void json_add_bool(struct json_writer *writer, cJSON *parent, const char *name, bool value);
void json_add_number(struct json_writer *writer, cJSON *parent, const char *name, double value);

/* Exactly, also beyond the 53 bits that a double holds. */
void json_add_integer(struct json_writer *writer, cJSON *parent, const char *name, int64_t value);

/* Microseconds become milliseconds with three digits. Negative is null with _or_null, else 0. */
void json_add_ms(struct json_writer *writer, cJSON *parent, const char *name, int64_t microseconds);
void json_add_ms_or_null(struct json_writer *writer, cJSON *parent, const char *name, int64_t microseconds);
void json_add_signed_ms(struct json_writer *writer, cJSON *parent, const char *name, int64_t microseconds);

/* Without secrets; bytes that are not UTF-8 become '?'. */
void json_add_text(struct json_writer *writer, cJSON *parent, const char *name, const char *text);

/* Null when it is empty. */
void json_add_text_or_null(struct json_writer *writer, cJSON *parent, const char *name, const char *text);

/* JSON text, which must be an object; null when it is not. Its strings lose their secrets. */
void json_add_parsed(struct json_writer *writer, cJSON *parent, const char *name, const char *json);

cJSON *json_append_object(struct json_writer *writer, cJSON *array);
void json_append_ms(struct json_writer *writer, cJSON *array, int64_t microseconds);

#endif

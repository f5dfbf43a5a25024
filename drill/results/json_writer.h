/*
 * json_writer: writes JSON as it comes, because the whole results as a tree may exceed memory. Everywhere, name is NULL
 * for an element of an array. Texts are converted to UTF-8.
 */
#pragma once

#include "result_file.h"

#include <stdbool.h>
#include <stdint.h>

struct json_writer {
   struct result_file *file;
   bool in_script; /* the JSON is the content of an HTML script element */
   unsigned depth;
   bool filled; /* the innermost array or object has something in it */
};

/* bracket: "{" or "[", "}" or "]". */
void json_open(struct json_writer *json, const char *name, const char *bracket);
void json_close(struct json_writer *json, const char *bracket);

void json_null(struct json_writer *json, const char *name);
void json_bool(struct json_writer *json, const char *name, bool value);
void json_number(struct json_writer *json, const char *name, double number);
void json_text(struct json_writer *json, const char *name, const char *text);

/* Writes null for an empty text. */
void json_text_or_null(struct json_writer *json, const char *name, const char *text);

/* With three decimals, so to the microsecond; null if unknown. */
void json_ms(struct json_writer *json, const char *name, double ms);

/* Writes a text that is a JSON object; null for anything else. text may be NULL. */
void json_object(struct json_writer *json, const char *name, const char *text);

/* An array with one text per line; text may be NULL. */
void json_lines(struct json_writer *json, const char *name, const char *text);

/* RFC 3339, UTC. */
void json_wall(struct json_writer *json, const char *name, int64_t wall_ms);

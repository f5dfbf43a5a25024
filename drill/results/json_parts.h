/*
 * json_parts: members and elements of the results' JSON. Texts are converted to UTF-8; when out of memory they are left
 * out.
 */
#pragma once

#include "results.h"

#include <cjson/cJSON.h>

void json_add_text(cJSON *object, const char *name, const char *text);
/* Adds null for an empty text. */
void json_add_text_or_null(cJSON *object, const char *name, const char *text);
/* With three decimals, so to the microsecond; null if unknown. */
void json_add_ms(cJSON *object, const char *name, double ms);
/* May be before the drill's own start, and so below 0. */
void json_add_axis_us(cJSON *object, const char *name, int64_t us);
/* Parses text that is a JSON object; adds null for anything else. text may be NULL. */
void json_add_parsed(cJSON *object, const char *name, const char *text);
/* An array with one text per line. */
void json_add_lines(cJSON *object, const char *name, const char *text);
/* RFC 3339, UTC. */
void json_add_wall(cJSON *object, const char *name, int64_t wall_ms);
void json_add_verdict(cJSON *object, enum drill_verdict verdict);
/* Appends an object. When out of memory it returns NULL, to which cJSON adds nothing. */
cJSON *json_add_element(cJSON *array);

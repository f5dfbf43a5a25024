/*
 * json_parts: members and elements of the results' JSON. Texts become UTF-8 on the way; out of memory they are left
 * out.
 */
#ifndef FAAS_DRILL_JSON_PARTS_H
#define FAAS_DRILL_JSON_PARTS_H

#include "results.h"

#include <cjson/cJSON.h>

void json_add_text(cJSON *object, const char *name, const char *text);
/* null for what is empty. */
void json_add_text_or_null(cJSON *object, const char *name, const char *text);
/* With microsecond digits; null for what is not known. */
void json_add_ms(cJSON *object, const char *name, double ms);
/* Also before the drill's own beginning, so below 0. */
void json_add_axis_us(cJSON *object, const char *name, int64_t us);
/* Text that is a JSON object becomes what it says, and null otherwise. text may be NULL. */
void json_add_parsed(cJSON *object, const char *name, const char *text);
/* An array with a text for each line. */
void json_add_lines(cJSON *object, const char *name, const char *text);
/* RFC 3339, UTC. */
void json_add_wall(cJSON *object, const char *name, int64_t wall_ms);
void json_add_verdict(cJSON *object, enum drill_verdict verdict);
/* An object as the newest element. Without memory a NULL, to which cJSON adds nothing. */
cJSON *json_add_element(cJSON *array);

#endif

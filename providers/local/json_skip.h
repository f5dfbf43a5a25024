/*
 * json_skip.h: past the rest of a bad value, to where the next one may begin.
 *
 * A value whose brackets match is left at its end, a bad string at its closing quote, any other token at the next
 * whitespace. Where brackets don't match, or a string reaches the end of its line, the end of that line is the surest
 * place.
 */
#ifndef LOCAL_JSON_SKIP_H
#define LOCAL_JSON_SKIP_H

#include "json_check.h"

#include <stdbool.h>
#include <stddef.h>

enum json_skip_goal { JSON_SKIP_TO_SPACE, JSON_SKIP_TO_CLOSE, JSON_SKIP_TO_NEWLINE };

struct json_skip {
   enum json_skip_goal goal;
   struct json_nesting nesting;
   bool in_string;
   bool escaped;
};

/* From where check stopped: the first byte fed is the one that check did not take. */
void json_skip_init(struct json_skip *skip, const struct json_check *check);

/* Whether the end was found; *taken becomes the number of bytes to leave out. */
bool json_skip_feed(struct json_skip *skip, const char *bytes, size_t length, size_t *taken);

#endif

/*
 * json_skip.h: skips the rest of a bad value, to where the next one may begin.
 *
 * If the brackets of a bad value match, it ends where they close; a bad string ends at its closing quote, any other
 * token at the next whitespace. The end of the line is the safest place to resume if brackets do not match, if a string
 * reaches it, or if the value was all on one line when it went bad: one event per line is the commonest layout.
 */
#ifndef LOCAL_JSON_SKIP_H
#define LOCAL_JSON_SKIP_H

#include "json_check.h"

#include <stdbool.h>
#include <stddef.h>

enum json_skip_goal { JSON_SKIP_TO_SPACE, JSON_SKIP_TO_CLOSE, JSON_SKIP_TO_NEWLINE };

struct json_skip {
   enum json_skip_goal goal;
   bool one_line;
   struct json_nesting nesting;
   bool in_string;
   bool escaped;
};

/* Starts where check stopped: the first byte fed is the one that check did not take. one_line: the value has had no
 * newline so far. */
void json_skip_init(struct json_skip *skip, const struct json_check *check, bool one_line);

/* Whether the end was found; sets *taken to the number of bytes to skip. */
bool json_skip_feed(struct json_skip *skip, const char *bytes, size_t length, size_t *taken);

#endif

/*
 * json_skip.h: past the rest of a bad value, to where the next one may begin.
 *
 * A value whose brackets match is left at its end, a bad string at its closing quote, any other token at the next
 * whitespace. Where brackets don't match, a string reaches the end of its line, or a value that was all on one line
 * when it went bad does, the end of the line is the surest place: one event per line is the commonest layout.
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

/* From where check stopped: the first byte fed is the one that check did not take. one_line: there was no newline in
 * the value so far. */
void json_skip_init(struct json_skip *skip, const struct json_check *check, bool one_line);

/* Whether the end was found; *taken becomes the number of bytes to leave out. */
bool json_skip_feed(struct json_skip *skip, const char *bytes, size_t length, size_t *taken);

#endif

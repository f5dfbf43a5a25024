/*
 * json_nesting: which brackets are open.
 *
 * The kinds of the outermost JSON_MAX_DEPTH brackets are kept, one bit each; deeper ones are only counted, so that a
 * value that is too deep can still be followed to its end in constant memory.
 */
#ifndef FAAS_COMMON_JSON_NESTING_H
#define FAAS_COMMON_JSON_NESTING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* cJSON's own limit, which applies to anyone who parses an event with it. */
#define JSON_MAX_DEPTH 1000u

struct json_nesting {
   size_t depth;
   unsigned char objects[(JSON_MAX_DEPTH + CHAR_BIT - 1) / CHAR_BIT];
};

void json_nesting_init(struct json_nesting *nesting);

/* opener is '{' or '['. */
void json_nesting_push(struct json_nesting *nesting, char opener);

/* closer is '}' or ']'. Returns false, and closes nothing, when nothing is open or the innermost bracket is of the
 * other kind. */
bool json_nesting_pop(struct json_nesting *nesting, char closer);

/* Whether the innermost bracket is '{'; false when nothing is open, or when it is deeper than JSON_MAX_DEPTH. */
bool json_nesting_in_object(const struct json_nesting *nesting);

#endif

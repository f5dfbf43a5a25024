/*
 * json_check: checks whether bytes that arrive in pieces form one JSON value (RFC 8259), and where it ends.
 *
 * Strict, UTF-8 only; looks at every byte once, in constant memory. cJSON would build a tree forty times as large as
 * the text, and accepts control characters in strings, 01, and bytes that are not UTF-8.
 */
#ifndef FAAS_COMMON_JSON_CHECK_H
#define FAAS_COMMON_JSON_CHECK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* cJSON's own limit, which applies to anyone who parses an event with it. */
#define JSON_MAX_DEPTH 1000u

/* Which brackets are open. The kinds of the outermost JSON_MAX_DEPTH brackets are kept, one bit each; deeper ones are
 * only counted, so that a value that is too deep can still be followed to its end in constant memory. */
struct json_nesting {
   size_t depth;
   unsigned char objects[(JSON_MAX_DEPTH + CHAR_BIT - 1) / CHAR_BIT];
};

/* opener is '{' or '['. */
void json_nesting_push(struct json_nesting *nesting, char opener);

/* closer is '}' or ']'. Returns false, and closes nothing, when nothing is open or the innermost bracket is of the
 * other kind. */
bool json_nesting_pop(struct json_nesting *nesting, char closer);

/* Whether the innermost bracket is '{'; false when nothing is open, or when it is deeper than JSON_MAX_DEPTH. */
bool json_nesting_in_object(const struct json_nesting *nesting);

enum json_check_status {
   JSON_CHECK_MORE,      /* no error so far */
   JSON_CHECK_DONE,      /* the value is complete */
   JSON_CHECK_MALFORMED, /* the byte after those taken is not allowed there */
   JSON_CHECK_TOO_DEEP   /* the byte after those taken opens level JSON_MAX_DEPTH + 1 */
};

enum json_check_state {
   /* Between two tokens. */
   JSON_AT_VALUE,
   JSON_AT_FIRST_ITEM,
   JSON_AT_FIRST_KEY,
   JSON_AT_KEY,
   JSON_AT_COLON,
   JSON_AFTER_ITEM,
   /* In a token, or just after one. */
   JSON_IN_STRING,
   JSON_IN_ESCAPE,
   JSON_IN_HEX,
   JSON_IN_UTF8,
   JSON_IN_LITERAL,
   JSON_AFTER_MINUS,
   JSON_AFTER_ZERO,
   JSON_IN_INTEGER,
   JSON_AFTER_POINT,
   JSON_IN_FRACTION,
   JSON_AFTER_E,
   JSON_AFTER_E_SIGN,
   JSON_IN_EXPONENT,
   JSON_AFTER_TOKEN
};

struct json_check {
   enum json_check_state state;
   struct json_nesting nesting;
   bool string_is_key;
   const char *literal_rest; /* JSON_IN_LITERAL: the rest of true, false or null */
   unsigned hex_left;        /* JSON_IN_HEX: digits to come */
   unsigned utf8_left;       /* JSON_IN_UTF8: bytes to come, the next one between utf8_low and utf8_high */
   unsigned char utf8_low;
   unsigned char utf8_high;
};

/* The first byte fed is the first of the value. */
void json_check_init(struct json_check *check);

/* Sets *taken to the number of bytes that belong to the value: length, unless the value is complete or bad. Numbers,
 * true, false and null are complete at the byte that follows them, which is not taken. Feed nothing after that. */
enum json_check_status json_check_feed(struct json_check *check, const char *bytes, size_t length, size_t *taken);

/* Call when no byte follows. Returns JSON_CHECK_DONE or JSON_CHECK_MALFORMED. */
enum json_check_status json_check_end(const struct json_check *check);

/* What may come next, for a message: "a digit". */
const char *json_check_expected(const struct json_check *check);

/* Guesses where a byte that is not allowed here comes from, in words that begin with ", ": often an editor or a shell
 * put it there, and people cannot see it on the screen. Empty for other bytes, and in a string. */
const char *json_check_likely(const struct json_check *check, unsigned char byte);

/* Whether the next byte is inside a string. */
bool json_check_in_string(const struct json_check *check);

bool json_is_space(char byte);

#endif

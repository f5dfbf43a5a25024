/*
 * json_members: iterates over the members of a JSON object in its text, without copying.
 *
 * A tree would need forty times the memory of the text, and printing it again would change numbers and layout.
 */
#ifndef FAAS_PROVIDER_JSON_MEMBERS_H
#define FAAS_PROVIDER_JSON_MEMBERS_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>

struct json_member {
   const char *name; /* as written, without quotes */
   size_t name_length;
   const char *value; /* without the whitespace around it */
   size_t value_length;
};

struct json_members {
   const char *at;
   const char *end;
};

/* Whether the bytes are one JSON value (RFC 8259) with only whitespace around it. If not, fills error (may be NULL)
 * with Event.Malformed or Event.TooDeep. The message quotes none of the bytes, because they may hold secrets. */
bool json_members_check(const char *bytes, size_t length, struct faas_error *error);

/* Returns false when the value is not an object. bytes must have passed json_members_check, and must outlive the
 * struct. */
bool json_members_init(struct json_members *members, const char *bytes, size_t length);

/* Returns false after the last member. */
bool json_members_next(struct json_members *members, struct json_member *member);

/* Whether the member's name, as written, is this one. */
bool json_member_is(const struct json_member *member, const char *name);

#endif

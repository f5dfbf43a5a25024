#include "json_members.h"

#include "json_check.h"
#include "provider_error.h"

#include <string.h>

static void
skip_space(struct json_members *members)
{
   while (members->at < members->end && json_is_space(*members->at)) {
      members->at++;
   }
}

bool
json_members_check(const char *bytes, size_t length, struct faas_error *error)
{
   struct json_members rest = {.at = bytes, .end = bytes + length};
   struct json_check check;
   enum json_check_status status = JSON_CHECK_MORE;
   size_t taken = 0;

   json_check_init(&check);
   skip_space(&rest);
   if (rest.at < rest.end) {
      status = json_check_feed(&check, rest.at, (size_t)(rest.end - rest.at), &taken);
      rest.at += taken;
   }
   if (status == JSON_CHECK_MORE) {
      status = json_check_end(&check);
   }
   if (status == JSON_CHECK_TOO_DEEP) {
      provider_error_set(
         error, "Event.TooDeep", "the JSON is nested more than %u levels deep; send flatter JSON", JSON_MAX_DEPTH);
      return false;
   }
   if (status == JSON_CHECK_DONE) {
      skip_space(&rest);
   }
   if (status != JSON_CHECK_DONE || rest.at < rest.end) {
      provider_error_set(error,
                         "Event.Malformed",
                         "not one JSON object: found %s instead of %s at byte %td of %zu; check what is sent",
                         rest.at < rest.end ? "another byte" : "its end",
                         status == JSON_CHECK_DONE ? "the end" : json_check_expected(&check),
                         rest.at - bytes + 1,
                         length);
      return false;
   }
   return true;
}

bool
json_members_init(struct json_members *members, const char *bytes, size_t length)
{
   members->at = bytes;
   members->end = bytes + length;
   skip_space(members);
   if (members->at == members->end || *members->at != '{') {
      return false;
   }
   members->at++;
   return true;
}

/* Call at the opening quote; advances past the closing one. */
static void
skip_string(struct json_members *members)
{
   members->at++;
   while (*members->at != '"') {
      members->at += *members->at == '\\' ? 2 : 1;
   }
   members->at++;
}

static void
skip_nested(struct json_members *members)
{
   size_t depth = 0;

   do {
      if (*members->at == '"') {
         skip_string(members);
         continue;
      }
      if (*members->at == '{' || *members->at == '[') {
         depth++;
      } else if (*members->at == '}' || *members->at == ']') {
         depth--;
      }
      members->at++;
   } while (depth > 0);
}

static void
skip_value(struct json_members *members)
{
   if (*members->at == '"') {
      skip_string(members);
   } else if (*members->at == '{' || *members->at == '[') {
      skip_nested(members);
   } else {
      while (*members->at != ',' && *members->at != '}' && !json_is_space(*members->at)) {
         members->at++;
      }
   }
}

bool
json_members_next(struct json_members *members, struct json_member *member)
{
   skip_space(members);
   if (*members->at == ',') {
      members->at++;
      skip_space(members);
   }
   if (*members->at == '}') {
      return false;
   }
   member->name = members->at + 1;
   skip_string(members);
   member->name_length = (size_t)(members->at - member->name) - 1;
   skip_space(members);
   members->at++; /* the colon */
   skip_space(members);
   member->value = members->at;
   skip_value(members);
   member->value_length = (size_t)(members->at - member->value);
   return true;
}

bool
json_member_is(const struct json_member *member, const char *name)
{
   return member->name_length == strlen(name) && memcmp(member->name, name, member->name_length) == 0;
}

#include "json_skip.h"

#include <string.h>

void
json_skip_init(struct json_skip *skip, const struct json_check *check, bool one_line)
{
   skip->one_line = one_line;
   skip->nesting = check->nesting;
   skip->in_string = json_check_in_string(check);
   skip->escaped = check->state == JSON_IN_ESCAPE;
   skip->goal = skip->in_string || skip->nesting.depth > 0 ? JSON_SKIP_TO_CLOSE : JSON_SKIP_TO_SPACE;
}

static bool
string_byte_ends(struct json_skip *skip, char byte)
{
   if (byte == '\n') {
      return true;
   }
   if (skip->escaped) {
      skip->escaped = false;
   } else if (byte == '\\') {
      skip->escaped = true;
   } else if (byte == '"') {
      skip->in_string = false;
   }
   return !skip->in_string && skip->nesting.depth == 0;
}

static bool
bracket_byte_ends(struct json_skip *skip, char byte)
{
   switch (byte) {
   case '\n':
      return skip->one_line;
   case '"':
      skip->in_string = true;
      return false;
   case '{':
   case '[':
      json_nesting_push(&skip->nesting, byte);
      return false;
   case '}':
   case ']':
      if (!json_nesting_pop(&skip->nesting, byte)) {
         skip->goal = JSON_SKIP_TO_NEWLINE;
      }
      return skip->nesting.depth == 0;
   default:
      return false;
   }
}

static bool
byte_ends(struct json_skip *skip, char byte)
{
   switch (skip->goal) {
   case JSON_SKIP_TO_SPACE:
      return json_is_space(byte);
   case JSON_SKIP_TO_NEWLINE:
      return byte == '\n';
   case JSON_SKIP_TO_CLOSE:
   default:
      return skip->in_string ? string_byte_ends(skip, byte) : bracket_byte_ends(skip, byte);
   }
}

bool
json_skip_feed(struct json_skip *skip, const char *bytes, size_t length, size_t *taken)
{
   bool ended = false;
   size_t i = 0;

   while (!ended && i < length) {
      ended = byte_ends(skip, bytes[i]);
      i++;
   }
   *taken = i;
   return ended;
}

/* What json_check says about a byte that is not allowed. */
#include "json_check.h"

static const char *
after_item_expected(const struct json_check *check)
{
   return json_nesting_in_object(&check->nesting) ? "',' or '}'" : "',' or ']'";
}

static const char *
after_token_expected(const struct json_check *check)
{
   return check->nesting.depth == 0 ? "whitespace or the next value" : after_item_expected(check);
}

const char *
json_check_expected(const struct json_check *check)
{
   switch ((int)check->state) {
   case JSON_AT_VALUE:
      return "a JSON value";
   case JSON_AT_FIRST_ITEM:
      return "a JSON value or ']'";
   case JSON_AT_FIRST_KEY:
      return "a key in double quotes or '}'";
   case JSON_AT_KEY:
      return "a key in double quotes";
   case JSON_AT_COLON:
      return "':'";
   case JSON_AFTER_ITEM:
      return after_item_expected(check);
   case JSON_IN_STRING:
      return "UTF-8 text without control characters, then '\"'";
   case JSON_IN_ESCAPE:
      return "one of \" \\ / b f n r t u after '\\'";
   case JSON_IN_HEX:
      return "four hexadecimal digits after \\u";
   case JSON_IN_UTF8:
      return "the next byte of a UTF-8 character";
   case JSON_IN_LITERAL:
      return "true, false or null";
   case JSON_AFTER_MINUS:
   case JSON_AFTER_POINT:
   case JSON_AFTER_E:
   case JSON_AFTER_E_SIGN:
      return "a digit";
   default:
      return after_token_expected(check);
   }
}

bool
json_check_in_string(const struct json_check *check)
{
   return check->state == JSON_IN_STRING || check->state == JSON_IN_ESCAPE || check->state == JSON_IN_HEX ||
          check->state == JSON_IN_UTF8;
}

/* RFC 8259, 8.1: no byte order mark may be added, and UTF-8 is the only encoding. */
const char *
json_check_likely(const struct json_check *check, unsigned char byte)
{
   if (json_check_in_string(check)) {
      return "";
   }
   switch (byte) {
   case 0x00:
      return ": it may be UTF-16, save it as UTF-8";
   case 0xC2:
      return ": it may be a no-break space, use plain spaces";
   case 0xE2:
      return ": it may be a typographic quote, use plain quotes";
   case 0xEF:
      return ": it may be a byte order mark, save it as UTF-8 without one";
   case 0xFE:
   case 0xFF:
      return ": it may be the byte order mark of UTF-16, save it as UTF-8";
   default:
      return "";
   }
}

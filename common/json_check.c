#include "json_check.h"

#include <string.h>

/* What a single byte does. */
enum step { STEP_TAKEN, STEP_LAST, STEP_NOT_PART, STEP_AGAIN, STEP_BAD, STEP_TOO_DEEP };

bool
json_is_space(char byte)
{
   return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static bool
is_digit(char byte)
{
   return byte >= '0' && byte <= '9';
}

static bool
is_hex(char byte)
{
   return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool
ends_token(char byte)
{
   return json_is_space(byte) || (byte != '\0' && strchr("{}[]\",:", byte) != NULL);
}

void
json_nesting_push(struct json_nesting *nesting, char opener)
{
   if (nesting->depth < JSON_MAX_DEPTH) {
      unsigned char *byte = &nesting->objects[nesting->depth / CHAR_BIT];
      unsigned bit = 1u << (nesting->depth % CHAR_BIT);

      *byte = (unsigned char)(opener == '{' ? *byte | bit : *byte & ~bit);
   }
   nesting->depth++;
}

bool
json_nesting_in_object(const struct json_nesting *nesting)
{
   if (nesting->depth == 0 || nesting->depth > JSON_MAX_DEPTH) {
      return false;
   }
   size_t innermost = nesting->depth - 1;
   return (nesting->objects[innermost / CHAR_BIT] >> (innermost % CHAR_BIT)) & 1;
}

bool
json_nesting_pop(struct json_nesting *nesting, char closer)
{
   if (nesting->depth == 0) {
      return false;
   }
   if (nesting->depth <= JSON_MAX_DEPTH && json_nesting_in_object(nesting) != (closer == '}')) {
      return false;
   }
   nesting->depth--;
   return true;
}

void
json_check_init(struct json_check *check)
{
   check->nesting.depth = 0;
   check->state = JSON_AT_VALUE;
}

static enum step
go(struct json_check *check, enum json_check_state state)
{
   check->state = state;
   return STEP_TAKEN;
}

static enum step
item_ended(struct json_check *check)
{
   check->state = JSON_AFTER_ITEM;
   return check->nesting.depth == 0 ? STEP_LAST : STEP_TAKEN;
}

static enum step
open_bracket(struct json_check *check, char byte)
{
   if (check->nesting.depth >= JSON_MAX_DEPTH) {
      return STEP_TOO_DEEP;
   }
   json_nesting_push(&check->nesting, byte);
   return go(check, byte == '{' ? JSON_AT_FIRST_KEY : JSON_AT_FIRST_ITEM);
}

static enum step
close_bracket(struct json_check *check, char byte)
{
   return json_nesting_pop(&check->nesting, byte) ? item_ended(check) : STEP_BAD;
}

static enum step
open_string(struct json_check *check, bool is_key)
{
   check->string_is_key = is_key;
   return go(check, JSON_IN_STRING);
}

static enum step
open_literal(struct json_check *check, const char *rest)
{
   check->literal_rest = rest;
   return go(check, JSON_IN_LITERAL);
}

static enum step
at_value(struct json_check *check, char byte)
{
   switch (byte) {
   case '{':
   case '[':
      return open_bracket(check, byte);
   case '"':
      return open_string(check, false);
   case 't':
      return open_literal(check, "rue");
   case 'f':
      return open_literal(check, "alse");
   case 'n':
      return open_literal(check, "ull");
   case '-':
      return go(check, JSON_AFTER_MINUS);
   case '0':
      return go(check, JSON_AFTER_ZERO);
   default:
      return is_digit(byte) ? go(check, JSON_IN_INTEGER) : STEP_BAD;
   }
}

static enum step
at_key(struct json_check *check, char byte)
{
   return byte == '"' ? open_string(check, true) : STEP_BAD;
}

static enum step
after_item(struct json_check *check, char byte)
{
   if (byte == ',') {
      return go(check, json_nesting_in_object(&check->nesting) ? JSON_AT_KEY : JSON_AT_VALUE);
   }
   return byte == '}' || byte == ']' ? close_bracket(check, byte) : STEP_BAD;
}

/* The ranges of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
static enum step
utf8_lead(struct json_check *check, unsigned char byte)
{
   if (byte < 0xC2 || byte > 0xF4) {
      return STEP_BAD;
   }
   check->utf8_left = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
   check->utf8_low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
   check->utf8_high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
   return go(check, JSON_IN_UTF8);
}

static enum step
utf8_tail(struct json_check *check, unsigned char byte)
{
   if (byte < check->utf8_low || byte > check->utf8_high) {
      return STEP_BAD;
   }
   check->utf8_low = 0x80;
   check->utf8_high = 0xBF;
   return --check->utf8_left == 0 ? go(check, JSON_IN_STRING) : STEP_TAKEN;
}

static enum step
in_string(struct json_check *check, char byte)
{
   unsigned char code = (unsigned char)byte;

   if (byte == '"') {
      return check->string_is_key ? go(check, JSON_AT_COLON) : item_ended(check);
   }
   if (byte == '\\') {
      return go(check, JSON_IN_ESCAPE);
   }
   if (code >= 0x80) {
      return utf8_lead(check, code);
   }
   return code < 0x20 ? STEP_BAD : STEP_TAKEN;
}

static enum step
in_escape(struct json_check *check, char byte)
{
   if (byte == 'u') {
      check->hex_left = 4;
      return go(check, JSON_IN_HEX);
   }
   return byte != '\0' && strchr("\"\\/bfnrt", byte) ? go(check, JSON_IN_STRING) : STEP_BAD;
}

static enum step
in_hex(struct json_check *check, char byte)
{
   if (!is_hex(byte)) {
      return STEP_BAD;
   }
   return --check->hex_left == 0 ? go(check, JSON_IN_STRING) : STEP_TAKEN;
}

static enum step
in_literal(struct json_check *check, char byte)
{
   if (byte != *check->literal_rest) {
      return STEP_BAD;
   }
   check->literal_rest++;
   return *check->literal_rest == '\0' ? go(check, JSON_AFTER_TOKEN) : STEP_TAKEN;
}

static enum step
after_token(struct json_check *check, char byte)
{
   if (check->nesting.depth == 0) {
      return ends_token(byte) ? STEP_NOT_PART : STEP_BAD;
   }
   check->state = JSON_AFTER_ITEM;
   return STEP_AGAIN;
}

/* After the digits of a number: what continues it, or its end. */
static enum step
after_digits(struct json_check *check, char byte, bool may_have_point)
{
   if (byte == '.' && may_have_point) {
      return go(check, JSON_AFTER_POINT);
   }
   return byte == 'e' || byte == 'E' ? go(check, JSON_AFTER_E) : after_token(check, byte);
}

static enum step
take(struct json_check *check, char byte)
{
   bool digit = is_digit(byte);

   if (check->state <= JSON_AFTER_ITEM && check->nesting.depth > 0 && json_is_space(byte)) {
      return STEP_TAKEN;
   }
   switch (check->state) {
   case JSON_AT_VALUE:
      return at_value(check, byte);
   case JSON_AT_FIRST_ITEM:
      return byte == ']' ? close_bracket(check, byte) : at_value(check, byte);
   case JSON_AT_FIRST_KEY:
      return byte == '}' ? close_bracket(check, byte) : at_key(check, byte);
   case JSON_AT_KEY:
      return at_key(check, byte);
   case JSON_AT_COLON:
      return byte == ':' ? go(check, JSON_AT_VALUE) : STEP_BAD;
   case JSON_AFTER_ITEM:
      return after_item(check, byte);
   case JSON_IN_STRING:
      return in_string(check, byte);
   case JSON_IN_ESCAPE:
      return in_escape(check, byte);
   case JSON_IN_HEX:
      return in_hex(check, byte);
   case JSON_IN_UTF8:
      return utf8_tail(check, (unsigned char)byte);
   case JSON_IN_LITERAL:
      return in_literal(check, byte);
   case JSON_AFTER_MINUS:
      return !digit ? STEP_BAD : go(check, byte == '0' ? JSON_AFTER_ZERO : JSON_IN_INTEGER);
   case JSON_AFTER_ZERO:
      return after_digits(check, byte, true);
   case JSON_IN_INTEGER:
      return digit ? STEP_TAKEN : after_digits(check, byte, true);
   case JSON_AFTER_POINT:
      return digit ? go(check, JSON_IN_FRACTION) : STEP_BAD;
   case JSON_IN_FRACTION:
      return digit ? STEP_TAKEN : after_digits(check, byte, false);
   case JSON_AFTER_E:
      if (byte == '+' || byte == '-') {
         return go(check, JSON_AFTER_E_SIGN);
      }
      return digit ? go(check, JSON_IN_EXPONENT) : STEP_BAD;
   case JSON_AFTER_E_SIGN:
      return digit ? go(check, JSON_IN_EXPONENT) : STEP_BAD;
   case JSON_IN_EXPONENT:
      return digit ? STEP_TAKEN : after_token(check, byte);
   case JSON_AFTER_TOKEN:
   default:
      return after_token(check, byte);
   }
}

enum json_check_status
json_check_feed(struct json_check *check, const char *bytes, size_t length, size_t *taken)
{
   enum json_check_status status = JSON_CHECK_MORE;
   size_t i = 0;

   while (status == JSON_CHECK_MORE && i < length) {
      switch (take(check, bytes[i])) {
      case STEP_TAKEN:
         i++;
         break;
      case STEP_LAST:
         i++;
         status = JSON_CHECK_DONE;
         break;
      case STEP_NOT_PART:
         status = JSON_CHECK_DONE;
         break;
      case STEP_AGAIN:
         break;
      case STEP_BAD:
         status = JSON_CHECK_MALFORMED;
         break;
      case STEP_TOO_DEEP:
      default:
         status = JSON_CHECK_TOO_DEEP;
         break;
      }
   }
   *taken = i;
   return status;
}

enum json_check_status
json_check_end(const struct json_check *check)
{
   switch ((int)check->state) {
   case JSON_AFTER_ZERO:
   case JSON_IN_INTEGER:
   case JSON_IN_FRACTION:
   case JSON_IN_EXPONENT:
   case JSON_AFTER_TOKEN:
      return check->nesting.depth == 0 ? JSON_CHECK_DONE : JSON_CHECK_MALFORMED;
   default:
      return JSON_CHECK_MALFORMED;
   }
}

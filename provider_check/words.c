#include "words.h"

#include "utf8.h"

#include <ctype.h>
#include <string.h>

const char *
words_fault(const char *text, size_t length)
{
   if (length == 0) {
      return "an empty text";
   }
   if (memchr(text, '\0', length) != NULL) {
      return "a NUL in the text";
   }
   if (memchr(text, '\n', length) != NULL || memchr(text, '\r', length) != NULL) {
      return "more than one line";
   }
   return utf8_valid(text, length) == length ? NULL : "bytes that are not UTF-8";
}

const char *
words_string_fault(const char *text)
{
   return text == NULL ? "NULL" : words_fault(text, strlen(text));
}

static bool
is_type(const char *text)
{
   const char *dot = strchr(text, '.');
   if (dot == NULL || dot == text || dot[1] == '\0') {
      return false;
   }
   for (; *text != '\0'; text++) {
      if (!isalnum((unsigned char)*text) && *text != '.') {
         return false;
      }
   }
   return true;
}

const char *
words_error_fault(const struct faas_error *error)
{
   if (memchr(error->type, '\0', sizeof error->type) == NULL) {
      return "a type without its final NUL";
   }
   if (memchr(error->message, '\0', sizeof error->message) == NULL) {
      return "a message without its final NUL";
   }
   if (error->type[0] == '\0') {
      return "no type";
   }
   if (error->message[0] == '\0') {
      return "no message";
   }
   if (!is_type(error->type)) {
      return "a type that is not \"Category.Reason\" of letters, digits and dots";
   }
   const char *fault = words_string_fault(error->message);
   return fault == NULL                              ? NULL
          : strcmp(fault, "more than one line") == 0 ? "a message of more than one line"
                                                     : "a message with bytes that are not UTF-8";
}

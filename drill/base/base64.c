#include "base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *
base64_encode(const char *text, size_t length)
{
   const unsigned char *bytes = (const unsigned char *)text;
   char *encoded = malloc((length + 2) / 3 * 4 + 1);
   if (encoded == NULL) {
      return NULL;
   }
   char *end = encoded;
   for (size_t i = 0; i < length; i += 3) {
      size_t left = length - i;
      uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                       (left > 2 ? (uint32_t)bytes[i + 2] : 0);
      *end++ = alphabet[group >> 18 & 63];
      *end++ = alphabet[group >> 12 & 63];
      *end++ = left > 1 ? alphabet[group >> 6 & 63] : '=';
      *end++ = left > 2 ? alphabet[group & 63] : '=';
   }
   *end = '\0';
   return encoded;
}

char *
base64_decode(const char *encoded, size_t *length)
{
   size_t encoded_length = strlen(encoded);
   size_t digits = strspn(encoded, alphabet);
   size_t padding = strspn(encoded + digits, "=");
   if (encoded_length % 4 != 0 || digits + padding != encoded_length || padding > 2) {
      return NULL;
   }
   char *text = malloc(encoded_length / 4 * 3 + 1);
   if (text == NULL) {
      return NULL;
   }
   size_t count = 0;
   uint32_t bits = 0;
   for (size_t i = 0; i < digits; i++) {
      bits = bits << 6 | (uint32_t)(strchr(alphabet, encoded[i]) - alphabet);
      if (i % 4 != 0) {
         text[count++] = (char)(bits >> (2 * (3 - i % 4)) & 0xff);
      }
   }
   text[count] = '\0';
   *length = count;
   return text;
}

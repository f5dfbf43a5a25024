#include "path_segment.h"

#include <string.h>

char *
path_segment_write(char *to, const char *text, size_t length)
{
   static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
   static const char digits[] = "0123456789ABCDEF";
   for (size_t i = 0; i < length && text[i] != '\0'; i++) {
      if (strchr(plain, text[i]) != NULL) {
         *to++ = text[i];
      } else {
         *to++ = '%';
         *to++ = digits[(unsigned char)text[i] / 16];
         *to++ = digits[(unsigned char)text[i] % 16];
      }
   }
   *to = '\0';
   return to;
}

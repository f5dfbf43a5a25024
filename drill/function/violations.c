#include "violations.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX 50
#define LINE_MAX_BYTES 512

struct violations {
   pthread_mutex_t lock;
   unsigned count;
   size_t length;
   char text[KEPT_MAX * LINE_MAX_BYTES];
};

struct violations *
violations_new(void)
{
   struct violations *violations = calloc(1, sizeof *violations);
   if (violations != NULL) {
      pthread_mutex_init(&violations->lock, NULL);
   }
   return violations;
}

void
violations_destroy(struct violations *violations)
{
   if (violations != NULL) {
      pthread_mutex_destroy(&violations->lock);
      free(violations);
   }
}

void
violations_add(struct violations *violations, const char *format, ...)
{
   char line[LINE_MAX_BYTES];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(line, sizeof line, format, arguments);
   va_end(arguments);
   pthread_mutex_lock(&violations->lock);
   if (violations->count++ < KEPT_MAX) {
      size_t length = strlen(line);
      if (violations->length > 0) {
         violations->text[violations->length++] = '\n';
      }
      memcpy(violations->text + violations->length, line, length);
      violations->length += length;
   }
   pthread_mutex_unlock(&violations->lock);
}

char *
violations_take(struct violations *violations)
{
   char *text = NULL;
   pthread_mutex_lock(&violations->lock);
   if (violations->count > KEPT_MAX) {
      if (asprintf(
             &text, "%.*s\nand %u more", (int)violations->length, violations->text, violations->count - KEPT_MAX) < 0) {
         text = NULL;
      }
   } else if (violations->count > 0) {
      text = strndup(violations->text, violations->length);
   }
   violations->count = 0;
   violations->length = 0;
   pthread_mutex_unlock(&violations->lock);
   return text;
}

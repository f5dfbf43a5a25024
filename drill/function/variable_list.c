#include "variable_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
variable_list_clear(struct variable_list *list)
{
   for (size_t i = 0; i < list->count; i++) {
      free(list->words[i]);
   }
   free(list->words);
   *list = (struct variable_list){0};
}

static size_t
name_length(const char *word)
{
   return strcspn(word, "=") + 1;
}

/* Takes ownership of word, which may be NULL. */
static void
take(struct variable_list *list, char *word)
{
   for (size_t i = 0; word != NULL && i < list->count; i++) {
      if (strncmp(list->words[i], word, name_length(word)) == 0) {
         free(list->words[i]);
         list->words[i] = word;
         return;
      }
   }
   char **words = word == NULL ? NULL : realloc(list->words, (list->count + 2) * sizeof *words);
   if (words == NULL) {
      list->failed = true;
      free(word);
      return;
   }
   words[list->count++] = word;
   words[list->count] = NULL;
   list->words = words;
}

void
variable_list_set(struct variable_list *list, const char *format, ...)
{
   char *word = NULL;
   va_list arguments;
   va_start(arguments, format);
   int length = vasprintf(&word, format, arguments);
   va_end(arguments);
   take(list, length < 0 ? NULL : word);
}

void
variable_list_add(struct variable_list *list, const char *const *words)
{
   for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
      take(list, strdup(words[i]));
   }
}

#include "words.h"

#include <bson/bson.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
words_init(struct words *words, const char *line, struct drill_error *error)
{
   words->count = 0;
   if (strlen(line) >= sizeof words->line || !bson_utf8_validate(line, strlen(line), false)) {
      drill_error_set(error, "the line is longer than %d bytes, or not text", WORDS_LINE_BYTES - 1);
      return -1;
   }
   snprintf(words->line, sizeof words->line, "%s", line);
   char *rest = NULL;
   for (char *word = strtok_r(words->line, " \t\r\n", &rest); word != NULL; word = strtok_r(NULL, " \t\r\n", &rest)) {
      if (words->count == WORDS_MAX) {
         drill_error_set(error, "the line has more than %d words", WORDS_MAX);
         return -1;
      }
      words->list[words->count++] = word;
   }
   if (words->count == 0) {
      drill_error_set(error, "the line is empty; faas-front --help lists the commands");
      return -1;
   }
   return 0;
}

int
words_unknown(const struct words *words, const char *word, struct drill_error *error)
{
   drill_error_set(error, "%s does not understand \"%s\"; see faas-front --help", words->list[0], word);
   return -1;
}

static bool
read_number(const char *text, unsigned *number)
{
   char *end = NULL;
   errno = 0;
   unsigned long value = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
   if (end == NULL || *end != '\0' || errno != 0 || value > INT32_MAX) {
      return false;
   }
   *number = (unsigned)value;
   return true;
}

int
words_number(const struct words *words, size_t index, unsigned *number, struct drill_error *error)
{
   return read_number(words->list[index], number) ? 0 : words_unknown(words, words->list[index], error);
}

/* Returns 1 if the word is that option, 0 if it is not, -1 with error set. */
static int
read_option(const char *word, const struct words_option *option, struct drill_error *error)
{
   size_t length = strlen(option->name);
   const char *value = word + length + 1;
   if (strncmp(word, option->name, length) != 0 || word[length] != (option->is_there != NULL ? '\0' : '=') ||
       (option->text != NULL && strlen(value) >= option->text_size)) {
      return 0;
   }
   if (option->is_there != NULL) {
      *option->is_there = true;
   } else if (option->text != NULL) {
      memcpy(option->text, value, strlen(value) + 1);
   } else if (!read_number(value, option->number)) {
      drill_error_set(error, "expected %s=NUMBER, found \"%s\"", option->name, word);
      return -1;
   }
   return 1;
}

int
words_options(
   const struct words *words, size_t first, const struct words_option *options, size_t count, struct drill_error *error)
{
   for (size_t i = first; i < words->count; i++) {
      int found = 0;
      for (size_t j = 0; j < count && found == 0; j++) {
         found = read_option(words->list[i], &options[j], error);
      }
      if (found <= 0) {
         return found < 0 ? -1 : words_unknown(words, words->list[i], error);
      }
   }
   return 0;
}

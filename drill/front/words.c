#include "words.h"

#include "faults.h"

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

static int
unknown_word(const struct words *words, const char *word, struct drill_error *error)
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
   return read_number(words->list[index], number) ? 0 : unknown_word(words, words->list[index], error);
}

/* An argument, NAME=NUMBER or NAME=TEXT; or only NAME, if it has is_there. */
struct option {
   const char *name;
   unsigned *number;
   bool *is_there;
   char *text;
   size_t text_size;
};

/* Returns 1 if the word is that option, 0 if it is not, -1 with error set. */
static int
read_option(const char *word, const struct option *option, struct drill_error *error)
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

/* Reads the words at first and after it, each of which must be one of the options. */
static int
read_options(
   const struct words *words, size_t first, const struct option *options, size_t count, struct drill_error *error)
{
   for (size_t i = first; i < words->count; i++) {
      int found = 0;
      for (size_t j = 0; j < count && found == 0; j++) {
         found = read_option(words->list[i], &options[j], error);
      }
      if (found <= 0) {
         return found < 0 ? -1 : unknown_word(words, words->list[i], error);
      }
   }
   return 0;
}

int
words_failover(const struct words *words, size_t first, struct front_failover *how, struct drill_error *error)
{
   *how = (struct front_failover){0};
   const struct option options[] = {{.name = "election_ms", .number = &how->election_ms},
                                    {.name = "late_ms", .number = &how->late_ms},
                                    {.name = "kill", .is_there = &how->kill}};
   return read_options(words, first, options, 3, error);
}

int
words_ending(const struct words *words, enum front_ending *ending, int *member, struct drill_error *error)
{
   unsigned number = 0;
   const struct option option = {.name = "member", .number = &number};
   for (*ending = FRONT_ENDING_CLOSED; strcmp(front_ending_name(*ending), words->list[1]) != 0; (*ending)++) {
      if (*ending == FRONT_ENDING_SILENT) {
         return unknown_word(words, words->list[1], error);
      }
   }
   if (read_options(words, 2, &option, 1, error) != 0) {
      return -1;
   }
   if (number >= FRONT_MEMBERS) {
      drill_error_set(error, "no member %u: members are 0 to %d", number, FRONT_MEMBERS - 1);
      return -1;
   }
   *member = words->count > 2 ? (int)number : FRONT_ALL;
   return 0;
}

int
words_delays(const struct words *words, struct front_delays *delays, struct drill_error *error)
{
   *delays = (struct front_delays){.loss_percent = 0};
   const struct option option = {.name = "loss", .number = &delays->loss_percent};
   for (size_t i = 0; i < FRONT_MEMBERS; i++) {
      if (words_number(words, i + 1, &delays->late_ms[i], error) != 0) {
         return -1;
      }
      if (delays->late_ms[i] > FRONT_DELAY_MAX_MS) {
         drill_error_set(error, "a delay is at most %d ms, found %u", FRONT_DELAY_MAX_MS, delays->late_ms[i]);
         return -1;
      }
   }
   if (read_options(words, FRONT_MEMBERS + 1, &option, 1, error) != 0) {
      return -1;
   }
   if (delays->loss_percent > 99) {
      drill_error_set(error, "loss takes 0 to 99 percent, found %u", delays->loss_percent);
      return -1;
   }
   return 0;
}

int
words_fault(const struct words *words, struct front_fault *fault, struct drill_error *error)
{
   unsigned code = 0;
   *fault = (struct front_fault){.times = 1};
   const struct option options[] = {
      {.name = "code", .number = &code},
      {.name = "times", .number = &fault->times},
      {.name = "delay_ms", .number = &fault->delay_ms},
      {.name = "command", .text = fault->command, .text_size = sizeof fault->command},
   };
   for (; strcmp(faults_name(fault->kind), words->list[1]) != 0; fault->kind++) {
      if (fault->kind == FRONT_FAULT_BLACK_HOLE) {
         return unknown_word(words, words->list[1], error);
      }
   }
   int failed = read_options(words, 2, options, sizeof options / sizeof *options, error);
   fault->error_code = (int)code;
   return failed;
}

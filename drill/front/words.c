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

/* Reads name=N. Returns 1 if it did, 0 if the word has another name, -1 with error set. */
static int
read_option(const char *word, const char *name, unsigned *number, struct drill_error *error)
{
   size_t length = strlen(name);
   if (strncmp(word, name, length) != 0 || word[length] != '=') {
      return 0;
   }
   if (!read_number(word + length + 1, number)) {
      drill_error_set(error, "expected %s=NUMBER, found \"%s\"", name, word);
      return -1;
   }
   return 1;
}

int
words_failover(const struct words *words, size_t first, struct front_failover *how, struct drill_error *error)
{
   *how = (struct front_failover){0};
   for (size_t i = first; i < words->count; i++) {
      const char *word = words->list[i];
      int found = read_option(word, "election_ms", &how->election_ms, error);
      found = found != 0 ? found : read_option(word, "late_ms", &how->late_ms, error);
      if (found == 0 && strcmp(word, "kill") == 0) {
         how->kill = true;
         found = 1;
      }
      if (found <= 0) {
         return found < 0 ? -1 : unknown_word(words, word, error);
      }
   }
   return 0;
}

int
words_ending(const struct words *words, size_t first, enum front_ending *ending, int *member, struct drill_error *error)
{
   static const enum front_ending endings[] = {FRONT_ENDING_CLOSED, FRONT_ENDING_RESET, FRONT_ENDING_SILENT};
   bool known = false;
   for (size_t i = 0; i < sizeof endings / sizeof *endings && !known; i++) {
      known = strcmp(front_ending_name(endings[i]), words->list[first]) == 0;
      *ending = endings[i];
   }
   *member = FRONT_ALL;
   if (!known) {
      return unknown_word(words, words->list[first], error);
   }
   if (words->count == first + 1) {
      return 0;
   }
   unsigned number = 0;
   int found = read_option(words->list[first + 1], "member", &number, error);
   if (found <= 0) {
      return found < 0 ? -1 : unknown_word(words, words->list[first + 1], error);
   }
   if (number >= FRONT_MEMBERS) {
      drill_error_set(error, "no member %u: members are 0 to %d", number, FRONT_MEMBERS - 1);
      return -1;
   }
   *member = (int)number;
   return 0;
}

int
words_delays(const struct words *words, struct front_delays *delays, struct drill_error *error)
{
   *delays = (struct front_delays){.loss_percent = 0};
   for (size_t i = 0; i < FRONT_MEMBERS; i++) {
      if (words_number(words, i + 1, &delays->late_ms[i], error) != 0) {
         return -1;
      }
      if (delays->late_ms[i] > FRONT_DELAY_MAX_MS) {
         drill_error_set(error, "a delay is at most %d ms, found %u", FRONT_DELAY_MAX_MS, delays->late_ms[i]);
         return -1;
      }
   }
   if (words->count <= FRONT_MEMBERS + 1) {
      return 0;
   }
   const char *word = words->list[FRONT_MEMBERS + 1];
   int found = read_option(word, "loss", &delays->loss_percent, error);
   if (found <= 0) {
      return found < 0 ? -1 : unknown_word(words, word, error);
   }
   if (delays->loss_percent > 99) {
      drill_error_set(error, "loss takes 0 to 99 percent, found %u", delays->loss_percent);
      return -1;
   }
   return 0;
}

static int
read_kind(const struct words *words, enum front_fault_kind *kind, struct drill_error *error)
{
   static const struct {
      const char *name;
      enum front_fault_kind kind;
   } kinds[] = {
      {"error", FRONT_FAULT_ERROR},
      {"delay", FRONT_FAULT_DELAY},
      {"close", FRONT_FAULT_CLOSE},
      {"reset", FRONT_FAULT_RESET},
      {"lose_reply", FRONT_FAULT_LOSE_REPLY},
      {"hold_reply", FRONT_FAULT_HOLD_REPLY},
      {"black_hole", FRONT_FAULT_BLACK_HOLE},
   };
   for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
      if (strcmp(kinds[i].name, words->list[1]) == 0) {
         *kind = kinds[i].kind;
         return 0;
      }
   }
   return unknown_word(words, words->list[1], error);
}

static int
read_fault_word(const struct words *words, const char *word, struct front_fault *fault, struct drill_error *error)
{
   unsigned code = 0;
   int found = read_option(word, "code", &code, error);
   if (found > 0) {
      fault->error_code = (int)code;
   }
   found = found != 0 ? found : read_option(word, "times", &fault->times, error);
   found = found != 0 ? found : read_option(word, "delay_ms", &fault->delay_ms, error);
   if (found == 0 && strncmp(word, "command=", 8) == 0 && strlen(word + 8) < sizeof fault->command) {
      snprintf(fault->command, sizeof fault->command, "%s", word + 8);
      found = 1;
   }
   return found < 0 ? -1 : found == 0 ? unknown_word(words, word, error) : 0;
}

int
words_fault(const struct words *words, struct front_fault *fault, struct drill_error *error)
{
   *fault = (struct front_fault){.times = 1};
   if (read_kind(words, &fault->kind, error) != 0) {
      return -1;
   }
   for (size_t i = 2; i < words->count; i++) {
      if (read_fault_word(words, words->list[i], fault, error) != 0) {
         return -1;
      }
   }
   return 0;
}

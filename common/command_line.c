#include "command_line.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_SHOWN 60
#define FIRST_LONG_CODE 0x100 /* beyond all characters, so that optopt says whether the option was a long one */

#define CHOICE_WRONG "--%s: expected %s, found \"%.100s\""
#define SECONDS_WRONG "--%s: expected seconds from 0.001 to %u, found \"%.100s\""
#define NUMBER_WRONG "--%s: expected %s from %u to %u, found \"%.100s\""

/* Returns the length of the option's name at the start of word. A value may follow it by mistake, after : or with
 * nothing between. */
static size_t
name_length(const char *word)
{
   size_t length = 0;
   while (length < NAME_MAX_SHOWN && (isalnum((unsigned char)word[length]) || word[length] == '-')) {
      length++;
   }
   return length;
}

/* Explains why getopt_long has just returned '?' or ':', with the option's name and never its value. */
static void
complain(struct command_line *line, int answer)
{
   char name[NAME_MAX_SHOWN + 1] = "-";
   /* getopt_long has advanced past a long option, wherever it is on the command line, but not past a short option among
    * several (-ab). */
   if (optopt > 0 && optopt <= 0xff) {
      name[1] = isgraph(optopt) ? (char)optopt : '?';
   } else {
      const char *word = line->argv[optind - 1];
      size_t length = name_length(word);
      memcpy(name, word, length);
      name[length] = '\0';
   }
   (void)snprintf(line->message,
                  sizeof line->message,
                  answer == ':'               ? "%s needs a value (see --help)"
                  : optopt >= FIRST_LONG_CODE ? "%s takes no value (see --help)"
                                              : "unknown option \"%s\" (see --help)",
                  name);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

bool
command_line_number(const char *text, unsigned least, unsigned most, unsigned *number)
{
   char *end = NULL;
   errno = 0;
   long value = strtol(text, &end, 10);
   if (errno != 0 || end == text || *end != '\0' || value < (long)least || value > (long)most) {
      return false;
   }
   *number = (unsigned)value;
   return true;
}

static bool
read_seconds(const char *text, double most, unsigned *ms)
{
   char *end = NULL;
   double value = strtod(text, &end);
   if (end == text || *end != '\0' || !(value >= 0.001 && value <= most)) {
      return false;
   }
   *ms = (unsigned)(value * 1000 + 0.5);
   return true;
}

/* Finds text among names, which are separated by |. */
static bool
choose(const char *text, const char *names, unsigned *index)
{
   size_t wanted = strlen(text);
   *index = 0;
   for (const char *name = names;; name++) {
      size_t length = strcspn(name, "|");
      if (wanted == length && strncmp(text, name, length) == 0) {
         return true;
      }
      name += length;
      if (*name == '\0') {
         return false;
      }
      ++*index;
   }
}

static bool
refuse(struct command_line *line, const struct command_line_option *option, const char *text)
{
   const char *shown = command_line_shown(text);
   const char *name = option->name;
   if (option->kind == COMMAND_LINE_CHOICE) {
      (void)snprintf(line->message, sizeof line->message, CHOICE_WRONG, name, option->words, shown);
   } else if (option->kind == COMMAND_LINE_SECONDS) {
      (void)snprintf(line->message, sizeof line->message, SECONDS_WRONG, name, option->most, shown);
   } else {
      const char *what = option->words == NULL ? "a whole number" : option->words;
      (void)snprintf(line->message, sizeof line->message, NUMBER_WRONG, name, what, option->least, option->most, shown);
   }
   return false;
}

bool
command_line_set(struct command_line *line, const struct command_line_option *option, const char *value)
{
   char *member = (char *)line->values + option->offset;
   unsigned number = (unsigned)option->code;
   bool good = true;
   switch (option->kind) {
   case COMMAND_LINE_OWN:
   case COMMAND_LINE_PAIR:
      return true;
   case COMMAND_LINE_FLAG:
      *(bool *)(void *)member = true;
      return true;
   case COMMAND_LINE_TEXT:
      memcpy(member, &value, sizeof value);
      return true;
   case COMMAND_LINE_NUMBER:
      good = command_line_number(value, option->least, option->most, &number);
      break;
   case COMMAND_LINE_SECONDS:
      good = read_seconds(value, option->most, &number);
      break;
   case COMMAND_LINE_CHOICE:
      good = choose(value, option->words, &number);
      break;
   case COMMAND_LINE_ACTION:
   default:
      break;
   }
   if (!good) {
      return refuse(line, option, value);
   }
   memcpy(member, &number, sizeof number);
   return true;
}

/* --- options ------------------------------------------------------------------------------------------------------ */

static bool
has_value(enum command_line_kind kind)
{
   return kind != COMMAND_LINE_FLAG && kind != COMMAND_LINE_ACTION;
}

void
command_line_init(struct command_line *line,
                  const struct command_line_option *known,
                  size_t count,
                  void *values,
                  int argc,
                  char **argv)
{
   *line = (struct command_line){.known = known, .count = count, .values = values, .argc = argc, .argv = argv};
   for (size_t i = 0; i < count; i++) {
      line->long_options[i] =
         (struct option){.name = known[i].name, .has_arg = has_value(known[i].kind), .val = FIRST_LONG_CODE + (int)i};
   }
   opterr = 0;
   optind = 0;
}

/* Splits an option's value at its first '='. */
static bool
split(struct command_line *line, const struct command_line_option *option)
{
   char *equals = strchr(line->value, '=');
   if (equals == NULL || equals == line->value) {
      (void)snprintf(line->message,
                     sizeof line->message,
                     "--%s: expected NAME=VALUE, found \"%.100s\"",
                     option->name,
                     command_line_shown(line->value));
      return false;
   }
   *equals = '\0';
   line->pair = (struct named_value){.name = line->value, .value = equals + 1};
   return true;
}

int
command_line_next(struct command_line *line)
{
   for (;;) {
      int answer = getopt_long(line->argc, line->argv, ":", line->long_options, NULL);
      if (answer == -1) {
         return COMMAND_LINE_END;
      }
      if (answer == '?' || answer == ':') {
         complain(line, answer);
         return COMMAND_LINE_WRONG;
      }
      const struct command_line_option *option = &line->known[answer - FIRST_LONG_CODE];
      if (optarg != NULL && strcmp(optarg, "--") == 0) {
         (void)snprintf(
            line->message, sizeof line->message, "--%s needs a value, found \"--\" (see --help)", option->name);
         return COMMAND_LINE_WRONG;
      }
      line->value = optarg;
      if (option->kind == COMMAND_LINE_PAIR && !split(line, option)) {
         return COMMAND_LINE_WRONG;
      }
      if (option->kind == COMMAND_LINE_OWN || option->kind == COMMAND_LINE_PAIR) {
         return option->code;
      }
      if (!command_line_set(line, option, optarg)) {
         return COMMAND_LINE_WRONG;
      }
   }
}

/* --- secrets ------------------------------------------------------------------------------------------------------ */

bool
command_line_is_delicate(const char *word)
{
   return strstr(word, "://") != NULL || strchr(word, '@') != NULL;
}

const char *
command_line_shown(const char *word)
{
   return command_line_is_delicate(word) ? "(a connection string?)" : word;
}

char *
command_line_take(char *value)
{
   char *copy = strdup(value);
   memset(value, 'x', strlen(value));
   return copy;
}

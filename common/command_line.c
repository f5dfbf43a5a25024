#include "command_line.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_SHOWN 60

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

void
command_line_complain(char message[COMMAND_LINE_MESSAGE_MAX], int answer, char **argv)
{
   char name[NAME_MAX_SHOWN + 1] = "-";
   /* getopt_long has advanced past a long option, wherever it is on the command line, but not past a short option among
    * several (-ab). */
   if (optopt > 0 && optopt <= 0xff) {
      name[1] = isgraph(optopt) ? (char)optopt : '?';
   } else {
      const char *word = argv[optind - 1];
      size_t length = name_length(word);
      memcpy(name, word, length);
      name[length] = '\0';
   }
   (void)snprintf(message,
                  COMMAND_LINE_MESSAGE_MAX,
                  answer == ':'   ? "%s needs a value (see --help)"
                  : optopt > 0xff ? "%s takes no value (see --help)"
                                  : "unknown option \"%s\" (see --help)",
                  name);
}

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

/* command_line: redacts the words of the command line, in messages and in memory: every user of the machine can read
 * the command line (proc(5), /proc/PID/cmdline), and until it is parsed nobody knows which words are secret. */
#ifndef FAAS_COMMON_COMMAND_LINE_H
#define FAAS_COMMON_COMMAND_LINE_H

#include <stdbool.h>

#define COMMAND_LINE_MESSAGE_MAX 256

/* Explains why getopt_long has just returned '?' or ':'; names the option and never its value. The option string must
 * begin with ':', opterr must be 0, and the values of long options must be beyond those of characters. */
void command_line_complain(char message[COMMAND_LINE_MESSAGE_MAX], int answer, char **argv);

/* Whether a word may hold a connection string or credentials. */
bool command_line_is_delicate(const char *word);

/* Returns the word, or what to show in its place. */
const char *command_line_shown(const char *word);

/* Returns a copy of a value, to be freed, and overwrites the value on the command line. NULL when out of memory. */
char *command_line_take(char *value);

#endif

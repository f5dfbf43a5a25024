/*
 * command_line: words of a command line, in messages and in memory. It is read before anybody knows which of them are
 * secret, and every user of the machine can read it (proc(5), /proc/PID/cmdline).
 */
#ifndef FAAS_COMMON_COMMAND_LINE_H
#define FAAS_COMMON_COMMAND_LINE_H

#include <stdbool.h>

#define COMMAND_LINE_MESSAGE_MAX 256

/* Why getopt_long has just answered '?' or ':', with the option's name and never a value. Its option string is to begin
 * with ':', opterr to be 0, and long options are to have values beyond those of characters. */
void command_line_complain(char message[COMMAND_LINE_MESSAGE_MAX], int answer, char **argv);

/* Whether a word may hold a connection string or credentials. */
bool command_line_is_delicate(const char *word);

/* The word, or what is shown in its place. */
const char *command_line_shown(const char *word);

/* A copy of a value, which is overwritten on the command line. NULL when out of memory. The caller frees it. */
char *command_line_take(char *value);

#endif

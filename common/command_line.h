/*
 * command_line: reads a program's options according to its table, and hides secrets: every user of the machine can read
 * the command line (proc(5), /proc/PID/cmdline), and until it is parsed nobody knows which words are secret.
 */
#ifndef FAAS_COMMON_COMMAND_LINE_H
#define FAAS_COMMON_COMMAND_LINE_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#define COMMAND_LINE_MESSAGE_MAX 256
#define COMMAND_LINE_OPTIONS_MAX 64

enum command_line_kind {
   COMMAND_LINE_OWN,     /* read by the caller */
   COMMAND_LINE_PAIR,    /* NAME=VALUE, read by the caller */
   COMMAND_LINE_FLAG,    /* without a value: sets a bool */
   COMMAND_LINE_ACTION,  /* without a value: sets an enum to code */
   COMMAND_LINE_TEXT,    /* sets a const char * to the value, which points into argv */
   COMMAND_LINE_NUMBER,  /* sets an unsigned, from least to most */
   COMMAND_LINE_SECONDS, /* sets an unsigned to milliseconds, from 1 to 1000 times most */
   COMMAND_LINE_CHOICE,  /* sets an enum to the index of the value in words */
};

/* Made by the macros below. */
struct command_line_option {
   const char *name; /* without -- */
   enum command_line_kind kind;
   int code;
   size_t offset; /* of the member */
   unsigned least;
   unsigned most;
   const char *words; /* of a choice: "pool|single"; of a number: its name in an error */
};

#define COMMAND_LINE_MEMBER(type, struct_type, member) \
   .offset = _Generic(((struct_type *)0)->member, type: offsetof(struct_type, member))

#define OPTION_OWN(text, number) {.name = (text), .kind = COMMAND_LINE_OWN, .code = (number)}
#define OPTION_PAIR(text, number) {.name = (text), .kind = COMMAND_LINE_PAIR, .code = (number)}
#define OPTION_FLAG(text, type, member) \
   {.name = (text), .kind = COMMAND_LINE_FLAG, COMMAND_LINE_MEMBER(bool, type, member)}
#define OPTION_ACTION(text, type, member, value) \
   {.name = (text), .kind = COMMAND_LINE_ACTION, .code = (value), COMMAND_LINE_MEMBER(unsigned, type, member)}
#define OPTION_TEXT(text, type, member) \
   {.name = (text), .kind = COMMAND_LINE_TEXT, COMMAND_LINE_MEMBER(const char *, type, member)}
#define OPTION_NUMBER(text, type, member, low, high, what) \
   {.name = (text),                                        \
    .kind = COMMAND_LINE_NUMBER,                           \
    .least = (low),                                        \
    .most = (high),                                        \
    .words = (what),                                       \
    COMMAND_LINE_MEMBER(unsigned, type, member)}
#define OPTION_SECONDS(text, type, member, high) \
   {.name = (text), .kind = COMMAND_LINE_SECONDS, .most = (high), COMMAND_LINE_MEMBER(unsigned, type, member)}
#define OPTION_CHOICE(text, type, member, choices) \
   {.name = (text), .kind = COMMAND_LINE_CHOICE, .words = (choices), COMMAND_LINE_MEMBER(unsigned, type, member)}

/* What command_line_next returns in place of a code, which is never negative. */
enum { COMMAND_LINE_END = -1, COMMAND_LINE_WRONG = -2 };

/* Points into argv. */
struct named_value {
   const char *name;
   const char *value;
};

struct command_line {
   const struct command_line_option *known;
   size_t count;
   void *values; /* the struct whose members are set */
   int argc;
   char **argv;
   struct option long_options[COMMAND_LINE_OPTIONS_MAX + 1];
   char *value;                            /* of the option whose code was returned */
   struct named_value pair;                /* the same, of an OPTION_PAIR */
   char message[COMMAND_LINE_MESSAGE_MAX]; /* after COMMAND_LINE_WRONG; never has a secret */
};

/* known has at most COMMAND_LINE_OPTIONS_MAX options. Everything passed must outlive line. Uses getopt's globals. */
void command_line_init(struct command_line *line,
                       const struct command_line_option *known,
                       size_t count,
                       void *values,
                       int argc,
                       char **argv);

/* Reads options until one is the caller's, and returns its code; COMMAND_LINE_END when only arguments are left, from
 * argv[optind] on; COMMAND_LINE_WRONG with a message. */
int command_line_next(struct command_line *line);

/* Sets an option that is not the caller's, as if it had been given. Returns false with line's message. */
bool command_line_set(struct command_line *line, const struct command_line_option *option, const char *value);

/* Reads a whole number, written in digits. Returns false if text is not one from least to most. */
bool command_line_number(const char *text, unsigned least, unsigned most, unsigned *number);

/* Whether a word may hold a connection string or credentials. */
bool command_line_is_delicate(const char *word);

/* Returns the word, or what to show in its place. */
const char *command_line_shown(const char *word);

/* Returns a copy of a value, to be freed, and overwrites the value on the command line. NULL when out of memory. */
char *command_line_take(char *value);

#endif

/*
 * words: splits a console line into words, and reads numbers and options from them.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#define WORDS_LINE_BYTES 512
#define WORDS_MAX 8

struct words {
   char line[WORDS_LINE_BYTES];
   const char *list[WORDS_MAX]; /* point into line; the first is the command */
   size_t count;
};

/* Each returns 0, or -1 with error set. An empty line is an error, and so is one that is too long or has too many
 * words. */
int words_init(struct words *words, const char *line, struct drill_error *error);
int words_number(const struct words *words, size_t index, unsigned *number, struct drill_error *error);

/* An argument, NAME=NUMBER or NAME=TEXT; or only NAME, if it has is_there. */
struct words_option {
   const char *name;
   unsigned *number;
   bool *is_there;
   char *text;
   size_t text_size;
};

/* Reads the words at first and after it, each of which must be one of the options. */
int words_options(const struct words *words,
                  size_t first,
                  const struct words_option *options,
                  size_t count,
                  struct drill_error *error);

/* Says that the command does not understand word. Returns -1. */
int words_unknown(const struct words *words, const char *word, struct drill_error *error);

/*
 * words: splits a console line into words, and reads the arguments of front's calls from them.
 */
#pragma once

#include "front.h"

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
/* From the word at first on: [election_ms=N] [late_ms=N] [kill] */
int words_failover(const struct words *words, size_t first, struct front_failover *how, struct drill_error *error);
/* closed|reset|silent [member=N] */
int words_ending(const struct words *words, enum front_ending *ending, int *member, struct drill_error *error);
/* MS MS MS [loss=PERCENT] */
int words_delays(const struct words *words, struct front_delays *delays, struct drill_error *error);
/* KIND [command=NAME] [times=N] [code=N] [delay_ms=N] */
int words_fault(const struct words *words, struct front_fault *fault, struct drill_error *error);

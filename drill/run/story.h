/*
 * story: what the wire shows of a failed invocation, in words that are the same for failures of one kind. The texts of
 * drivers are not: they name ports and times.
 */
#ifndef FAAS_DRILL_STORY_H
#define FAAS_DRILL_STORY_H

#include "witness.h"

#include <stddef.h>
#include <stdint.h>

#define STORY_MAX 160
#define STORIES_MAX 16

/* Of what came between two moments, by a function that was alone. Times are of clock_now_us(). */
void story_tell(struct witness *witness, int64_t from_us, int64_t until_us, char *text, size_t size);

/* Failures with the same story. */
struct story_group {
   char text[STORY_MAX];
   unsigned count;
};

struct stories {
   struct story_group groups[STORIES_MAX]; /* the last also takes what has no group */
   size_t group_count;
   unsigned tried;
   unsigned failed;
};

void stories_add(struct stories *stories, const char *text);

/* "5 of 8 failed. 4 times: nothing was sent, no hello came. Once: …" */
void stories_tell(const struct stories *stories, char *text, size_t size);

#endif

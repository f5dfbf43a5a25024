/*
 * story: describes, from the wire, how an invocation failed, with the same text for failures of one kind. Drivers'
 * messages can't serve for this, because they contain ports and times.
 */
#pragma once

#include "append.h"
#include "witness.h"

#include <stddef.h>
#include <stdint.h>

#define STORY_MAX 160
#define STORIES_MAX 16

/* Describes what came between two moments, when one function was alone. Times are from clock_now_us(). */
void story_tell(struct witness *witness, int64_t from_us, int64_t until_us, struct text_out out);

/* Failed invocations described by the same text. */
struct story_group {
   char text[STORY_MAX];
   unsigned count;
};

struct stories {
   struct story_group groups[STORIES_MAX]; /* the last one also takes stories that fit no other group */
   size_t group_count;
   unsigned tried;
   unsigned failed;
};

void stories_add(struct stories *stories, const char *text);

/* "5 of 8 failed. 4 times: nothing was sent, no hello came. Once: ..." */
void stories_tell(const struct stories *stories, struct text_out out);

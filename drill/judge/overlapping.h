/*
 * overlapping: invocations that one process had at the same time, told as one. What the wire shows of them can't be
 * told apart, and is held against all that they report together.
 */
#ifndef FAAS_DRILL_OVERLAPPING_H
#define FAAS_DRILL_OVERLAPPING_H

#include "judge.h"

/* invocations are in order of their beginning, and remain so. How many are left. */
size_t overlapping_merge(struct judge_invocation *invocations, size_t count);

#endif

/*
 * overlapping: makes one of the invocations that a process had at the same time. The wire does not tell them apart, so
 * what it shows is compared with all their reports together.
 */
#ifndef FAAS_DRILL_OVERLAPPING_H
#define FAAS_DRILL_OVERLAPPING_H

#include "judge.h"

/* invocations are sorted by start, and stay so. Returns how many are left. */
size_t overlapping_merge(struct judge_invocation *invocations, size_t count);

#endif

/*
 * overlapping: merges concurrent invocations of a process into one, because the wire does not distinguish them: its
 * traffic is compared with all their reports together.
 */
#pragma once

#include "judge.h"

/* invocations are sorted by start, and stay sorted. Returns how many are left. */
size_t overlapping_merge(struct judge_invocation *invocations, size_t count);

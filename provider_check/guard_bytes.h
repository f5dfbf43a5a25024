/*
 * guard_bytes: bytes behind what a provider fills, so that writing on is seen.
 */
#ifndef FAAS_CHECK_GUARD_BYTES_H
#define FAAS_CHECK_GUARD_BYTES_H

#include "record.h"

enum { GUARD_BYTES = 64 };

/* At least GUARD_BYTES of them. */
void guard_bytes_fill(void *bytes, size_t length);

/* Of the first GUARD_BYTES. */
bool guard_bytes_are_whole(const void *bytes);

/* Judges RULE_BOUNDS: those behind what. */
void guard_bytes_judge(struct record *record, const void *bytes, const char *what);

#endif

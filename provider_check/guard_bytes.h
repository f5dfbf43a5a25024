/*
 * guard_bytes: bytes behind memory that a provider fills, to detect writes past its end.
 */
#ifndef FAAS_CHECK_GUARD_BYTES_H
#define FAAS_CHECK_GUARD_BYTES_H

#include "record.h"

enum { GUARD_BYTES = 64 };

/* Fills length bytes, at least GUARD_BYTES. */
void guard_bytes_fill(void *bytes, size_t length);

/* Whether the first GUARD_BYTES are unchanged. */
bool guard_bytes_are_whole(const void *bytes);

/* Judges RULE_BOUNDS by the guard bytes behind what. */
void guard_bytes_judge(struct record *record, const void *bytes, const char *what);

#endif

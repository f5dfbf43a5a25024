/*
 * guard_bytes: detects accesses past the end of memory: by bytes behind what a provider fills, and by a copy that ends
 * where readable memory ends.
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

/* Read-only: reading past its end, or writing to it, crashes. */
struct guarded_copy {
   const char *bytes; /* never NULL after init, even when length is 0 */
   void *mapping;
   size_t mapping_size;
};

/* Returns false when out of memory. guarded_copy_clear accepts a zeroed struct. */
bool guarded_copy_init(struct guarded_copy *copy, const char *bytes, size_t length);
void guarded_copy_clear(struct guarded_copy *copy);

#endif

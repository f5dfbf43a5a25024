/*
 * guarded: a copy whose end is the end of readable memory, and which can't be written: reading on, or writing, is a
 * crash.
 */
#ifndef FAAS_CHECK_GUARDED_H
#define FAAS_CHECK_GUARDED_H

#include <stdbool.h>
#include <stddef.h>

struct guarded_copy {
   const char *bytes; /* never NULL after init, also when length is 0 */
   void *mapping;
   size_t mapping_size;
};

/* False without memory. clear takes one that is all zero. */
bool guarded_copy_init(struct guarded_copy *copy, const char *bytes, size_t length);
void guarded_copy_clear(struct guarded_copy *copy);

#endif

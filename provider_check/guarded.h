/*
 * guarded: a read-only copy that ends where readable memory ends: reading past it, or writing to it, crashes.
 */
#ifndef FAAS_CHECK_GUARDED_H
#define FAAS_CHECK_GUARDED_H

#include <stdbool.h>
#include <stddef.h>

struct guarded_copy {
   const char *bytes; /* never NULL after init, even when length is 0 */
   void *mapping;
   size_t mapping_size;
};

/* Returns false when out of memory. guarded_copy_clear accepts a zeroed struct. */
bool guarded_copy_init(struct guarded_copy *copy, const char *bytes, size_t length);
void guarded_copy_clear(struct guarded_copy *copy);

#endif

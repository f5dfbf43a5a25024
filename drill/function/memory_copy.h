/*
 * memory_copy: what a function's suspended processes have in memory, to be searched later: whether a value was there
 * when the snapshot was taken, and so is in every copy that is restored from it.
 */
#ifndef FAAS_DRILL_MEMORY_COPY_H
#define FAAS_DRILL_MEMORY_COPY_H

#include "descendants.h"

struct memory_copy;

/* The pages they have written, of no more than most bytes, if need be with the rights of user and group, as whom they
 * run. NULL when they can't be read, are more, or when out of memory. destroy takes NULL. */
struct memory_copy *memory_copy_new(struct descendants *descendants, uid_t user, gid_t group, size_t most);
void memory_copy_destroy(struct memory_copy *copy);

/* Whether the bytes are anywhere in it, one behind the other. */
bool memory_copy_has(const struct memory_copy *copy, const uint8_t *bytes, size_t length);

#endif

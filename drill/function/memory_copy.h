/*
 * memory_copy: copies the memory of a function's suspended processes, to search it later: a value that was there when
 * the snapshot was taken is in every copy restored from it.
 */
#pragma once

#include "descendants.h"

struct memory_copy;

/* Copies the pages that the processes have written, at most most bytes. If need be it reads with the rights of user and
 * group, whom the processes run as. Returns NULL when the pages can't be read, are too many, or when out of memory.
 * destroy allows NULL. */
struct memory_copy *memory_copy_new(struct descendants *descendants, uid_t user, gid_t group, size_t most);
void memory_copy_destroy(struct memory_copy *copy);

/* True if the bytes are anywhere in it, consecutively. copy may be NULL. */
bool memory_copy_has(const struct memory_copy *copy, const uint8_t *bytes, size_t length);

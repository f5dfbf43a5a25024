/*
 * allocations: what the provider's own code takes from malloc, and makes it fail there.
 *
 * The program defines malloc and its kin, in front of the C library's, and tells who calls by the return address. What
 * libraries take on the provider's behalf is theirs, and neither counted nor failed.
 */
#ifndef FAAS_CHECK_ALLOCATIONS_H
#define FAAS_CHECK_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* False where the C library is not glibc, or a sanitizer has malloc: then all below do nothing. */
bool allocations_are_seen(void);

/* From now on look at calls from [begin, end). */
void allocations_watch(const void *begin, const void *end);

/* Let the number-th call from now, from 1, find no memory; 0: none. */
void allocations_fail(unsigned number);

/* Calls since allocations_fail. */
unsigned allocations_count(void);

/* What is not freed yet, and bytes of it. */
size_t allocations_live(size_t *bytes);

#endif

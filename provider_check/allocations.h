/*
 * allocations: watches what the provider's own code allocates with malloc, and makes it fail.
 *
 * The program defines malloc and its kin, which take precedence over the C library's, and recognises the caller by the
 * return address. What libraries allocate on the provider's behalf is neither counted nor failed.
 */
#ifndef FAAS_CHECK_ALLOCATIONS_H
#define FAAS_CHECK_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* False where the C library is not glibc, or a sanitizer replaces malloc: then nothing is watched, and nothing fails.
 */
bool allocations_are_seen(void);

/* From now on watches calls from code in [begin, end). */
void allocations_watch(const void *begin, const void *end);

/* Makes the number-th call from now fail for lack of memory, counted from 1; 0: none. */
void allocations_fail(unsigned number);

/* Returns the number of calls since allocations_fail. */
unsigned allocations_count(void);

/* Returns the number of blocks not freed yet, and their bytes. */
size_t allocations_live(size_t *bytes);

#endif

/*
 * short_memory: allocations of the code under test that are refused. A program that links faas_test_short_memory has
 * malloc, calloc and realloc of its own objects come by here (ld --wrap); those of shared libraries don't.
 */
#ifndef FAAS_TESTS_SUPPORT_SHORT_MEMORY_H
#define FAAS_TESTS_SUPPORT_SHORT_MEMORY_H

/* From now on so many allocations are good, and every later one is refused, in all threads. */
void short_memory_begin(int good);

/* All are good again. */
void short_memory_end(void);

/* cJSON's allocations come by here, too, until the second one is called. */
void short_memory_for_cjson(void);
void short_memory_not_for_cjson(void);

#endif

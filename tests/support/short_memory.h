/*
 * short_memory: lets allocations of the code under test fail. A program that links faas_test_short_memory has the
 * malloc, calloc and realloc calls of its own objects redirected here (ld --wrap), but not those of shared libraries.
 */
#ifndef FAAS_TESTS_SUPPORT_SHORT_MEMORY_H
#define FAAS_TESTS_SUPPORT_SHORT_MEMORY_H

#include <stdbool.h>

/* From now on so many allocations succeed, and all later ones fail, in all threads. */
void short_memory_begin(int good);

/* All succeed again. */
void short_memory_end(void);

/* Allows more and more allocations, cJSON's included, until attempt returns true; returns how often it did not. */
int short_memory_sweep(bool (*attempt)(void));

#endif

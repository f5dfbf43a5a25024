/*
 * memory_use: compares the peak memory of a function's processes with their limit.
 */
#pragma once

#include "descendants.h"

#include <stdbool.h>
#include <stdint.h>

/* How often to look: each look reads files of /proc. */
#define MEMORY_USE_LOOK_MS 20

struct memory_use {
   uint64_t limit; /* bytes */
   uint64_t most;  /* in bytes, so far */
};

/* Starts with nothing used. */
void memory_use_init(struct memory_use *use, unsigned limit_mb);

void memory_use_note(struct memory_use *use, struct descendants *descendants);

/* From the last look; does not look again. */
bool memory_use_is_over(const struct memory_use *use);

/* The most so far, rounded up, as Lambda reports it. */
unsigned memory_use_mb(const struct memory_use *use);

/*
 * memory_use: how much memory a function's processes have used at most, against what they may use.
 */
#ifndef FAAS_DRILL_MEMORY_USE_H
#define FAAS_DRILL_MEMORY_USE_H

#include "descendants.h"

#include <stdbool.h>
#include <stdint.h>

/* How often it is worth a look: each reads files of /proc. */
#define MEMORY_USE_LOOK_MS 20

struct memory_use {
   uint64_t limit; /* bytes */
   uint64_t most;  /* so far */
};

/* Of a process that has used nothing yet. */
void memory_use_init(struct memory_use *use, unsigned limit_mb);

void memory_use_note(struct memory_use *use, struct descendants *descendants);

/* As noted. */
bool memory_use_is_over(const struct memory_use *use);

/* The most so far, rounded up, as Lambda reports it. */
unsigned memory_use_mb(const struct memory_use *use);

#endif

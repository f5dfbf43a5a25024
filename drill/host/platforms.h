/*
 * platforms: all platforms that the drill can run a function as.
 */
#pragma once

#include "platform.h"

#include <stddef.h>

extern const struct platform *const platforms[];
extern const size_t platform_count;

/* Finds a platform by name. Returns NULL if there is none. */
const struct platform *platform_find(const char *name);

/* "frozen", "throttled" or "running": what happens to an idle process. */
const char *platform_idle_name(enum platform_idle idle);

/* Writes "lambda, managed, cloud-run, ...". */
void platform_names(char *text, size_t size);

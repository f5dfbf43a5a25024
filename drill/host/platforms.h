/*
 * platforms: all platforms that the drill can run a function as.
 */
#ifndef FAAS_DRILL_PLATFORMS_H
#define FAAS_DRILL_PLATFORMS_H

#include "platform.h"

#include <stddef.h>

extern const struct platform *const platforms[];
extern const size_t platform_count;

/* By its name; NULL: there is none. */
const struct platform *platform_find(const char *name);

/* "lambda, managed, cloud-run, …" */
void platform_names(char *text, size_t size);

#endif

/*
 * connection_limit: reads --connection-limit, a number or an Atlas cluster tier.
 */
#pragma once

#include "error.h"

#include <stdbool.h>

#define CONNECTION_LIMIT_DEFAULT "M10"

struct connection_limit {
   const char *tier;  /* "M10"; NULL if a number was given */
   unsigned per_node; /* as Atlas documents it */
   unsigned usable;   /* without the connections that Atlas reserves */
};

/* Returns false with error set if text is neither. */
bool connection_limit_read(struct connection_limit *limit, const char *text, struct drill_error *error);

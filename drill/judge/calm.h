/*
 * calm: finds times in which nothing called for an extra check of the servers (Server Monitoring, "Requesting an
 * immediate check"): one process ran, the set was whole, nothing failed, and no connection was made or ended.
 */
#pragma once

#include "judge.h"

struct calm {
   const struct judge_case *seen;
   struct disturbance *disturbances; /* sorted by start */
   size_t count;
};

/* Returns false when out of memory. Clear it in any case. */
bool calm_init(struct calm *calm, const struct judge_case *seen);
void calm_clear(struct calm *calm);

/* Whether there was calm from from_us to until_us, and for long enough before. Returns false when in doubt. */
bool calm_lasted(const struct calm *calm, int64_t from_us, int64_t until_us);

/*
 * storm_verdict: what was measured in phase storm, and what it means in words.
 */
#ifndef FAAS_DRILL_STORM_VERDICT_H
#define FAAS_DRILL_STORM_VERDICT_H

#include "connection_limit.h"
#include "storm.h"

#include <stdbool.h>
#include <stddef.h>

#define STORM_SETTING "maxPoolSize=1"

struct storm_facts {
   const struct connection_limit *limit;
   unsigned connections; /* of one environment at rest, at the member with most of them; 0: not known */
   unsigned fewest;      /* the same with STORM_SETTING */
   struct storm given;
   bool setting_tried;
   struct storm set;
};

/* Some never got in. */
bool storm_is_lossy(const struct storm *storm);

void storm_describe(char *text, size_t size, const struct storm_facts *facts);
void storm_advise(char *text, size_t size, const struct storm_facts *facts);

/* Whether the phase is red, and why. */
bool storm_fails(char *text, size_t size, const struct storm_facts *facts);

#endif

/*
 * storm_verdict: describes and judges what phase storm measured.
 */
#pragma once

#include "append.h"
#include "drill_options.h"
#include "storm.h"

#include <stdbool.h>
#include <stddef.h>

enum storm_try_kind {
   STORM_MAX_POOL,      /* maxPoolSize=1 */
   STORM_MIN_POOL,      /* minPoolSize=0 */
   STORM_MAX_IDLE,      /* maxIdleTimeMS; all environments are invoked once more after a while */
   STORM_SINGLE_CLIENT, /* only faas-harness has it */
   STORM_TRIES
};

extern const char *const storm_try_names[STORM_TRIES];

/* The same storm with one setting. */
struct storm_try {
   unsigned connections; /* of one environment at rest, as in storm_facts; 0 if unknown or not looked at */
   bool held;
   struct storm storm;
};

struct storm_facts {
   const struct connection_limit *limit;
   unsigned per_second;  /* new connections that a member lets in; 0: any number */
   unsigned connections; /* of one environment at rest, at the member with most of them; 0 if unknown */
   unsigned warm;        /* the same after a second invocation, for STORM_MAX_IDLE */
   struct storm given;
   struct storm_try tries[STORM_TRIES];
};

/* True if some environments never connected. */
bool storm_is_lossy(const struct storm *storm);

/* True if an environment with that setting has fewer connections than without it. */
bool storm_saves_connections(const struct storm_facts *facts, enum storm_try_kind kind);

void storm_describe(struct text_out out, const struct storm_facts *facts);
void storm_advise(struct text_out out, const struct storm_facts *facts);

/* Returns whether the phase failed, and writes why. */
bool storm_fails(struct text_out out, const struct storm_facts *facts);

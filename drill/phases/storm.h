/*
 * storm: starts many environments at once and records the outcome, for phases storm and overload.
 */
#pragma once

#include "capacity.h"
#include "crowd.h"
#include "drill.h"
#include "front.h"

/* One storm, with one setting of the URI. */
struct storm {
   unsigned environments;
   unsigned got_in;   /* environments whose first invocation passed */
   double slowest_ms; /* among them, from the start of the storm to the answer */
   double median_ms;
   char example[200]; /* how one of the others failed */
   struct front_limited limited;
   double
      rate[FRONT_LIMITED_SECONDS]; /* of refused attempts of one environment in each second; below 0: none was open */
};

struct storm_wish {
   struct member_plan plan;     /* of all environments */
   unsigned idle_ms;            /* pause before all are invoked again, and only that round counts; 0 for none */
   const struct demand *demand; /* of one environment; its functions field is ignored; NULL if unknown */
   /* What the server does meanwhile: begin is called before the first environment starts, end when all have
    * answered. */
   void (*begin)(struct drill *drill);
   void (*end)(struct drill *drill);
};

/* Starts --instances environments (20 by default). Returns -1 with error set when the drill can't go on, also when the
 * machine lacks something. */
int storm_hold(struct drill *drill, const struct storm_wish *wish, struct storm *storm, struct drill_error *error);

/*
 * storm: many environments that start at once, and what became of them. For the phases storm and overload.
 */
#ifndef FAAS_DRILL_STORM_H
#define FAAS_DRILL_STORM_H

#include "capacity.h"
#include "drill.h"
#include "front.h"

#include <stdbool.h>
#include <stddef.h>

/* One storm, by one setting of the URI. */
struct storm {
   unsigned environments;
   unsigned got_in;   /* of them: their first invocation passed */
   double slowest_ms; /* of those, from the start of the storm to the answer */
   double median_ms;
   char example[200]; /* how one of the others failed */
   uint64_t refused;  /* attempts to connect */
   unsigned clients;  /* that were refused, told apart; fewer than 2: they were not */
   double sustained;  /* attempts a second that one of those kept up for two seconds */
   double
      rate[FRONT_LIMITED_SECONDS]; /* of refused attempts of one environment in each second; below 0: none was open */
};

struct storm_wish {
   const char *name;            /* of the invocations */
   const char *uri_options;     /* in the URI of all; NULL: none */
   unsigned idle_ms;            /* after which all are invoked once more, which then is what counts; 0: not */
   const struct demand *demand; /* of one of them, but for how many there are; NULL: not known */
   /* What the server does meanwhile: called before the first environment starts, and when all have answered. */
   void (*begin)(struct drill *drill);
   void (*end)(struct drill *drill);
};

/* --instances environments (20). -1 with error set when the drill can't go on, also for lack of something. */
int storm_hold(
   struct drill *drill, size_t phase, const struct storm_wish *wish, struct storm *storm, struct drill_error *error);

#endif

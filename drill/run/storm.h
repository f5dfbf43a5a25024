/*
 * storm: many environments that start at once, and what became of them. For the phases storm and overload.
 */
#ifndef FAAS_DRILL_STORM_H
#define FAAS_DRILL_STORM_H

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
   double
      rate[FRONT_LIMITED_SECONDS]; /* of refused attempts of one environment in each second; below 0: none was open */
};

/* What the server does during the storm: called before the first environment starts, and when all have answered. */
struct storm_server {
   void (*begin)(struct drill *drill);
   void (*end)(struct drill *drill);
};

/* --instances environments (20), with these options in their URI (may be NULL). -1 with error set when the drill can't
 * go on. */
int storm_hold(struct drill *drill,
               size_t phase,
               const char *name,
               const char *uri_options,
               const struct storm_server *server,
               struct storm *storm,
               struct drill_error *error);

#endif

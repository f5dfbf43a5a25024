/*
 * crowd: several functions at once, each with a thread that invokes it.
 */
#ifndef FAAS_DRILL_CROWD_H
#define FAAS_DRILL_CROWD_H

#include "drill.h"

struct member {
   struct drill *drill;
   struct function *function;
   size_t phase;
   const char *name;
   pthread_t thread;
   int result;
   bool left_out; /* is not invoked any more */
   size_t number; /* of its newest invocation */
   struct drill_error error;
};

struct crowd {
   struct member *members;
   size_t count;
};

/* names and uri_options (each may be NULL) hold count entries. -1 with error set. */
int crowd_init(struct crowd *crowd,
               struct drill *drill,
               size_t phase,
               size_t count,
               const char *const *names,
               const char *const *uri_options,
               struct drill_error *error);
void crowd_clear(struct crowd *crowd);

/* One invocation of each that is not left out, all at once. meanwhile, called every 20 ms until all have ended, may be
 * NULL. */
int crowd_invoke(struct crowd *crowd, void (*meanwhile)(struct crowd *crowd), struct drill_error *error);

#endif

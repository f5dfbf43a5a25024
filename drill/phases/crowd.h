/*
 * crowd: runs several functions at once, each with a thread that invokes it.
 */
#pragma once

#include "drill.h"

/* Functions at once in the largest phase: --instances, or the default of a phase that takes instances. */
unsigned crowd_largest(const struct options *options);

struct member {
   struct crowd *crowd;
   struct drill *drill;
   struct function *function;
   const char *name;
   pthread_t thread;
   int result;
   bool left_out; /* no longer invoked */
   size_t number; /* index of its newest invocation */
   struct drill_error error;
};

struct crowd {
   struct member *members;
   size_t count;
   pthread_mutex_t gate; /* closed until all threads have started, so that no invocation ends before the last begins */
   bool called_off;
   bool is_of_one; /* the function is not the crowd's own */
};

struct member_plan {
   const char *name; /* of its invocations */
   struct function_wish wish;
};

/* Makes count functions by as many plans, or all by one when plan_count is 1. Returns -1 with error set. */
int crowd_init(struct crowd *crowd,
               struct drill *drill,
               size_t count,
               const struct member_plan *plans,
               size_t plan_count,
               struct drill_error *error);
void crowd_clear(struct crowd *crowd);

/* Makes a crowd of count invocations of one function, which crowd_clear does not destroy. Returns -1 with error set. */
int crowd_of_one(struct crowd *crowd,
                 struct drill *drill,
                 struct function *function,
                 const char *name,
                 size_t count,
                 struct drill_error *error);

/* The newest invocation of a member; valid until any thread makes another. */
struct drill_invocation *crowd_invocation(const struct crowd *crowd, size_t member);

/* Invokes all functions that are not left out, at once. Calls meanwhile (may be NULL) every 20 ms until all have
 * ended. */
int crowd_invoke(struct crowd *crowd, void (*meanwhile)(struct crowd *crowd), struct drill_error *error);

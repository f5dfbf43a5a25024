/*
 * live_plan: a drill's phases as shown to a person: which are planned, running or over, and in which round.
 */
#ifndef FAAS_DRILL_LIVE_PLAN_H
#define FAAS_DRILL_LIVE_PLAN_H

#include "results.h"

enum live_step {
   LIVE_TO_COME,
   LIVE_RUNNING,
   LIVE_DONE,
};

struct live_phase {
   enum live_step step;
   struct drill_phase phase; /* name only before it runs; name and title while it runs */
   char doing[96];
   int64_t since_us;
   int64_t until_us; /* 0 if unknown */
};

struct live_plan {
   struct live_phase *phases; /* of this round */
   size_t count;
   unsigned round; /* from 1 */
   unsigned rounds;
   bool over; /* the drill is over; a phase that still runs was stopped */
};

void live_plan_init(struct live_plan *plan);
void live_plan_clear(struct live_plan *plan);

/* Replaces the plan. A phase that memory does not suffice for is left out. */
void live_plan_set(struct live_plan *plan, const char *const *names, size_t count, unsigned rounds);

/* True if all phases of this round are over, and another round follows. */
bool live_plan_round_is_over(const struct live_plan *plan);
void live_plan_next_round(struct live_plan *plan);

/* The running phase, if it has that name or name is NULL; NULL if there is none. */
struct live_phase *live_plan_running(const struct live_plan *plan, const char *name);

/* The next phase of that name, which is added if it was not planned. Returns NULL when out of memory. */
struct live_phase *live_plan_coming(struct live_plan *plan, const char *name);

#endif

/*
 * live_plan: the phases of a drill as a person is shown them: which are to come, under way and over, of which round.
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
   struct drill_phase phase; /* when to come, its name only; while it runs, name and title */
   char doing[96];
   int64_t since_us;
   int64_t until_us; /* 0: not known */
};

struct live_plan {
   struct live_phase *phases; /* of this round */
   size_t count;
   unsigned round; /* from 1 */
   unsigned rounds;
   bool over; /* a phase that still runs was stopped */
};

void live_plan_init(struct live_plan *plan);
void live_plan_clear(struct live_plan *plan);

/* In place of what was planned. A phase there is no memory for is left out. */
void live_plan_set(struct live_plan *plan, const char *const *names, size_t count, unsigned rounds);

/* All phases of this round are over, and another round is to come. */
bool live_plan_round_is_over(const struct live_plan *plan);
void live_plan_next_round(struct live_plan *plan);

/* The phase that runs; of that name, unless it is NULL. NULL: none does. */
struct live_phase *live_plan_running(const struct live_plan *plan, const char *name);

/* The phase of that name that comes next, added when none was planned. NULL when out of memory. */
struct live_phase *live_plan_coming(struct live_plan *plan, const char *name);

#endif

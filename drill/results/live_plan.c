#include "live_plan.h"

#include "room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
live_plan_init(struct live_plan *plan)
{
   *plan = (struct live_plan){.round = 1, .rounds = 1};
}

void
live_plan_clear(struct live_plan *plan)
{
   free(plan->phases);
   live_plan_init(plan);
}

static struct live_phase *
add(struct live_plan *plan, const char *name)
{
   if (!room_for_one(&plan->phases, plan->count, sizeof *plan->phases, SIZE_MAX)) {
      return NULL;
   }
   struct live_phase *added = &plan->phases[plan->count++];
   *added = (struct live_phase){.step = LIVE_TO_COME};
   snprintf(added->phase.name, sizeof added->phase.name, "%s", name);
   return added;
}

void
live_plan_set(struct live_plan *plan, const char *const *names, size_t count, unsigned rounds)
{
   plan->count = 0;
   plan->round = 1;
   plan->rounds = rounds == 0 ? 1 : rounds;
   for (size_t i = 0; i < count; i++) {
      add(plan, names[i]);
   }
}

static struct live_phase *
find(const struct live_plan *plan, enum live_step step, const char *name)
{
   for (size_t i = 0; i < plan->count; i++) {
      struct live_phase *one = &plan->phases[i];
      if (one->step == step && (name == NULL || strcmp(one->phase.name, name) == 0)) {
         return one;
      }
   }
   return NULL;
}

bool
live_plan_round_is_over(const struct live_plan *plan)
{
   return find(plan, LIVE_TO_COME, NULL) == NULL && find(plan, LIVE_RUNNING, NULL) == NULL &&
          plan->round < plan->rounds;
}

void
live_plan_next_round(struct live_plan *plan)
{
   plan->round++;
   for (size_t i = 0; i < plan->count; i++) {
      plan->phases[i].step = LIVE_TO_COME;
   }
}

struct live_phase *
live_plan_running(const struct live_plan *plan, const char *name)
{
   return find(plan, LIVE_RUNNING, name);
}

struct live_phase *
live_plan_coming(struct live_plan *plan, const char *name)
{
   struct live_phase *found = find(plan, LIVE_TO_COME, name);
   return found != NULL ? found : add(plan, name);
}

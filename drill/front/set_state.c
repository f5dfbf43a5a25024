#include "set_state.h"

void
set_due(struct front_set *set, int64_t at_us)
{
   if (at_us < set->due_us) {
      set->due_us = at_us;
   }
}

void
set_speaker(const struct front_set *set, const struct member *member, struct hello_speaker *speaker)
{
   speaker->member = member->number;
   speaker->domain = set->domain;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      speaker->ports[i] = set->members[i].port;
   }
}

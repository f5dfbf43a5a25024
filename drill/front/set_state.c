#include "set_state.h"

void
set_due(struct front_set *set, int64_t at_us)
{
   if (at_us < set->due_us) {
      set->due_us = at_us;
   }
}

bool
set_is_primary(const struct front_set *set, const struct member *member)
{
   return set->primary >= 0 && member == &set->members[set->primary];
}

int64_t
set_late_us(struct front_set *set, const struct member *member, bool is_command)
{
   return delays_are_any(&set->delays)
             ? delays_next_us(&set->delays, member->number, is_command, &set->counters.messages_lost)
             : 0;
}

void
set_speaker(const struct front_set *set, const struct member *member, struct hello_speaker *speaker)
{
   speaker->member = member->number;
   speaker->domain = set->domain;
   speaker->port = member->port;
   speaker->set_version = set->version;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      speaker->ports[i] = set->members[i].port;
   }
}

#include "move.h"

#include "connection.h"
#include "refused.h"
#include "set.h"

#include <stdio.h>

static void
leave(struct front_set *set, struct member *member)
{
   member_down(member);
   connections_close(set, member);
}

/* Closes the oldest former addresses, so that others may use their ports. Returns the members, which are clear. */
static struct member *
clear_former(struct front_set *set)
{
   struct member *former = &set->members[(size_t)FRONT_MEMBERS * (1 + set->moves % SET_MOVES_KEPT)];
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      leave(set, &former[i]);
      member_clear(&former[i]);
   }
   set->moves++;
   return former;
}

/* Closes all former addresses. */
static void
leave_former(struct front_set *set)
{
   for (unsigned i = FRONT_MEMBERS; i < SET_ADDRESSES; i++) {
      leave(set, &set->members[i]);
   }
}

static void
show(const struct front_set *set, const struct member *former, int kept)
{
   char rest[48] = "no old address answers";
   if (kept != FRONT_NONE) {
      (void)snprintf(rest, sizeof rest, "127.0.0.1:%u still answers", former[kept].port);
   }
   timeline_moment(set->timeline,
                   TIMELINE_SERVER,
                   false,
                   "members moved",
                   "to 127.0.0.1:%u, %u and %u; %s",
                   set->members[0].port,
                   set->members[1].port,
                   set->members[2].port,
                   rest);
}

static int
take_new_ports(struct front_set *set, struct member *former, struct drill_error *error)
{
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      leave(set, &set->members[i]);
      if (member_move(&set->members[i], &former[i], error) != 0) {
         return -1;
      }
   }
   return 0;
}

static int
listen_again(struct front_set *set, struct member *former, int kept, struct drill_error *error)
{
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      if (member_up(&set->members[i], error) != 0) {
         return -1;
      }
   }
   return kept == FRONT_NONE ? 0 : member_up(&former[kept], error);
}

int
move_members(struct front_set *set, int kept, struct drill_error *error)
{
   if (kept < FRONT_NONE || kept >= FRONT_MEMBERS) {
      drill_error_set(error, "no member %d: members are 0 to %d", kept, FRONT_MEMBERS - 1);
      return -1;
   }
   refused_look(set);
   struct member *former = clear_former(set);
   if (kept == FRONT_NONE) {
      leave_former(set);
   }
   if (take_new_ports(set, former, error) != 0 || listen_again(set, former, kept, error) != 0) {
      return -1;
   }
   refused_follow(set);
   set->version++;
   show(set, former, kept);
   set_replace_primary(set, (unsigned)(set->last_primary + 1) % FRONT_MEMBERS, "all members moved");
   return 0;
}

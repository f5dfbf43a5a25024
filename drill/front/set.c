#include "set.h"

#include "clock.h"
#include "connection.h"
#include "monitoring.h"
#include "refused.h"

#include <stdio.h>
#include <string.h>

static void
tell(struct front_set *set, struct member *member)
{
   member->told = member->actual;
   monitoring_told(set, member);
}

void
set_changed(struct front_set *set, struct member *member)
{
   member->actual.primary = set->primary;
   member->actual.election = set->election;
   member->actual.counter++;
   if (set->told_us == 0) {
      tell(set, member);
   }
}

static void
all_changed(struct front_set *set)
{
   for (unsigned i = 0; i < SET_ADDRESSES; i++) {
      if (set->members[i].up) {
         set_changed(set, &set->members[i]);
      }
   }
}

/* The next member after number that may be primary; number itself comes last. Returns -1 if none may. */
static int
next_primary(const struct front_set *set, int number)
{
   for (int i = 1; i <= FRONT_MEMBERS; i++) {
      int next = (number + i) % FRONT_MEMBERS;
      if (member_serves(&set->members[next])) {
         return next;
      }
   }
   return -1;
}

static void
elect(struct front_set *set, int member)
{
   set->primary = member;
   set->last_primary = member;
   set->candidate = -1;
   set->election++;
   timeline_end(set->timeline, set->no_primary_entry, false, NULL);
   set->no_primary_entry = SIZE_MAX;
   timeline_moment(set->timeline,
                   TIMELINE_SERVER,
                   false,
                   "new primary",
                   "primary is member %d, 127.0.0.1:%u",
                   member,
                   set->members[member].port);
   all_changed(set);
}

static void
lose_primary(struct front_set *set, const char *why)
{
   witness_whole(set->witness, false);
   set->no_primary_entry = timeline_begin(set->timeline, TIMELINE_SERVER, -1, "no primary", "%s", why);
   set->primary = -1;
}

/* Tells the witness whether the set is whole, after each change. lose_primary reports a change that ends at once. */
static void
tell_witness(const struct front_set *set)
{
   bool whole = set->primary >= 0 && set->candidate < 0 && set->told_us == 0 && !delays_are_any(&set->delays);
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      whole = whole && member_serves(&set->members[i]);
   }
   witness_whole(set->witness, whole);
}

int
set_init(struct front_set *set, struct drill_error *error)
{
   set->primary = -1;
   set->candidate = -1;
   set->no_primary_entry = SIZE_MAX;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      if (member_up(&set->members[i], error) != 0) {
         return -1;
      }
   }
   elect(set, 0);
   return 0;
}

static void
show_member(const struct front_set *set, const struct member *member, const char *what)
{
   timeline_moment(
      set->timeline, TIMELINE_SERVER, false, what, "member %u, 127.0.0.1:%u", member->number, member->port);
}

static void
take_down(struct front_set *set, struct member *member)
{
   show_member(set, member, "member killed");
   refused_look(set);
   member_down(member);
   connections_close(set, member);
}

static int
check_failover(const struct front_failover *how, struct drill_error *error)
{
   if (how->election_ms > FRONT_DELAY_MAX_MS || how->late_ms > FRONT_DELAY_MAX_MS) {
      drill_error_set(error, "election_ms and late_ms must be at most %d", FRONT_DELAY_MAX_MS);
      return -1;
   }
   return 0;
}

int
set_failover(struct front_set *set, const struct front_failover *how, struct drill_error *error)
{
   if (check_failover(how, error) != 0) {
      return -1;
   }
   if (set->candidate >= 0) {
      drill_error_set(error, "an election is going on; wait for its primary first");
      return -1;
   }
   int old = set->last_primary;
   int next = next_primary(set, old);
   if (next < 0 || (next == old && set->primary == old)) {
      drill_error_set(error, "no other member is up; start or thaw one first");
      return -1;
   }
   int64_t now_us = clock_now_us();
   set->candidate = next;
   set->election_us = now_us + (int64_t)how->election_ms * 1000;
   set->told_us = how->late_ms == 0 ? 0 : set->election_us + (int64_t)how->late_ms * 1000;
   if (set->primary >= 0) {
      char why[96];
      snprintf(why, sizeof why, "member %d %s", old, how->kill ? "is killed" : "steps down");
      lose_primary(set, why);
   }
   if (how->kill && set->members[old].up) {
      take_down(set, &set->members[old]);
   }
   if (how->election_ms == 0) {
      elect(set, next);
   } else {
      all_changed(set);
   }
   tell_witness(set);
   set_due(set, set->candidate >= 0 ? set->election_us : set->told_us == 0 ? INT64_MAX : set->told_us);
   return 0;
}

int
set_arm_failover(struct front_set *set,
                 const char *command,
                 const struct front_failover *how,
                 struct drill_error *error)
{
   if (check_failover(how, error) != 0) {
      return -1;
   }
   if (command != NULL && (command[0] == '\0' || strlen(command) >= sizeof set->failover_command)) {
      drill_error_set(
         error, "a command's name has 1 to %zu letters, found \"%s\"", sizeof set->failover_command - 1, command);
      return -1;
   }
   set->failover_armed = true;
   set->failover_how = *how;
   snprintf(set->failover_command, sizeof set->failover_command, "%s", command == NULL ? "" : command);
   return 0;
}

/* Finds a member that is up, or one that is not. Returns NULL with error set if there is no such member. */
static struct member *
find_member(struct front_set *set, unsigned number, bool up, struct drill_error *error)
{
   if (number >= FRONT_MEMBERS) {
      drill_error_set(error, "members are 0 to %d, found %u", FRONT_MEMBERS - 1, number);
      return NULL;
   }
   if (set->members[number].up != up) {
      drill_error_set(error, "member %u is %s", number, up ? "down" : "up already");
      return NULL;
   }
   return &set->members[number];
}

static void
kill_member(struct front_set *set, struct member *member)
{
   take_down(set, member);
   if (set->primary == (int)member->number) {
      set->told_us = 0;
      lose_primary(set, "it was killed");
      all_changed(set);
   }
}

static int
start_member(struct front_set *set, struct member *member, struct drill_error *error)
{
   refused_look(set);
   if (member_up(member, error) != 0) {
      return -1;
   }
   show_member(set, member, "member started");
   member->actual.primary = set->primary;
   member->actual.election = set->election;
   member->told = member->actual;
   if (set->primary < 0 && set->candidate < 0) {
      elect(set, (int)member->number);
   }
   return 0;
}

static int
freeze_member(struct front_set *set, struct member *member, bool frozen, struct drill_error *error)
{
   if (member->frozen == frozen) {
      drill_error_set(error, "member %u is %s", member->number, frozen ? "frozen already" : "not frozen");
      return -1;
   }
   show_member(set, member, frozen ? "member frozen" : "member thawed");
   member_pause(member, frozen);
   connections_refresh(set, member);
   if (!frozen) {
      monitoring_told(set, member);
      set_due(set, clock_now_us());
   }
   return 0;
}

int
set_change(struct front_set *set, enum front_change change, unsigned number, struct drill_error *error)
{
   struct member *member = find_member(set, number, change != FRONT_START, error);
   int status = 0;
   if (member == NULL) {
      return -1;
   }
   if (change == FRONT_KILL) {
      kill_member(set, member);
   } else if (change == FRONT_START) {
      status = start_member(set, member, error);
   } else {
      status = freeze_member(set, member, change == FRONT_FREEZE, error);
   }
   tell_witness(set);
   return status;
}

void
set_replace_primary(struct front_set *set, unsigned member, const char *why)
{
   if (set->primary >= 0) {
      lose_primary(set, why);
   }
   set->told_us = 0;
   elect(set, (int)member);
   tell_witness(set);
}

void
set_tick(struct front_set *set, int64_t now_us)
{
   if (set->candidate >= 0 && now_us >= set->election_us) {
      int next = next_primary(set, set->last_primary);
      if (member_serves(&set->members[set->candidate])) {
         elect(set, set->candidate);
      } else if (next >= 0) {
         elect(set, next);
      } else {
         set->candidate = -1;
         timeline_moment(set->timeline, TIMELINE_SERVER, true, "nobody elected", "%s", "no member is up; start one");
      }
   }
   if (set->candidate >= 0) {
      set_due(set, set->election_us);
   }
   if (set->told_us != 0 && now_us >= set->told_us) {
      set->told_us = 0;
      for (unsigned i = 0; i < SET_ADDRESSES; i++) {
         if (set->members[i].up) {
            tell(set, &set->members[i]);
         }
      }
   }
   if (set->told_us != 0) {
      set_due(set, set->told_us);
   }
   tell_witness(set);
}

static void
release_all(struct front_set *set)
{
   struct connection *connection;
   LIST_FOREACH(connection, &set->connections, link) {
      if (connection->state == CONNECTION_DELAYED && connection->slow) {
         connection->due_us = 0;
      }
   }
   set_due(set, 0);
}

void
set_delay(struct front_set *set, const struct front_delays *delays)
{
   delays_set(&set->delays, delays);
   timeline_end(set->timeline, set->delays.entry, false, NULL);
   set->delays.entry = SIZE_MAX;
   if (delays_are_any(&set->delays)) {
      set->delays.entry = timeline_begin(set->timeline,
                                         TIMELINE_FAULT,
                                         -1,
                                         "slow",
                                         "members %u, %u and %u ms late, %u %% of messages lost",
                                         delays->late_ms[0],
                                         delays->late_ms[1],
                                         delays->late_ms[2],
                                         delays->loss_percent);
   } else {
      release_all(set);
   }
   tell_witness(set);
}

/*
 * All members move to new hosts while the process is suspended, as when maintenance replaces them. If an old address
 * still answers, its hello has the new list, and a driver must follow it (Server Discovery and Monitoring,
 * "updateRSWithoutPrimary", "updateRSFromPrimary"). If no old address answers, the function can't find the set, and
 * must say so before its time is over.
 */
#include "append.h"
#include "clock.h"
#include "moved.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>

/* Which old member still answers at its old address. */
struct way {
   const char *who;
   bool was_primary;
};

static const struct way ways[] = {{"old secondary", false}, {"old primary", true}};

#define WAYS (sizeof ways / sizeof ways[0])

/* The old address that still answers, and what the function did. */
struct kept {
   const struct way *way;
   uint16_t port;
   int64_t moved_us;
   int64_t found_us; /* when the function had answered, and so has the new primary's list; 0 if it never did */
   char hellos[64];  /* in words, to whom hellos went; empty if unknown */
};

static int
look(struct drill *drill, struct kept *kept, struct drill_error *error)
{
   struct witness_facts facts;
   struct moved_traffic there = {0}, new = {0};
   struct front *front = deployment_front(drill->deployment);
   bool copied = phase_facts(drill, &facts, error);
   kept->hellos[0] = '\0';
   if (copied && facts.counts.left_out == 0) {
      moved_traffic_add(&there, &facts, kept->port, kept->moved_us);
      for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
         moved_traffic_add(&new, &facts, front_port(front, i), kept->moved_us);
      }
      (void)snprintf(kept->hellos,
                     sizeof kept->hellos,
                     ", %u hello%s to it, %u to new members",
                     there.hellos,
                     there.hellos == 1 ? "" : "s",
                     new.hellos);
   }
   witness_facts_clear(&facts);
   return copied ? 0 : -1;
}

/* Replaces the reason that phase_invoke gave. */
static void
tell_lost(struct drill_phase *record, const struct kept *kept, const struct drill_invocation *one, const char *time)
{
   (void)snprintf(record->reason,
                  sizeof record->reason,
                  "the function did not find the moved members, although the %s at 127.0.0.1:%u still answers and "
                  "lists them: %s after %s%s. %.200s",
                  kept->way->who,
                  kept->port,
                  one->outcome,
                  time,
                  kept->hellos,
                  one->reason);
}

/* The next member becomes primary, so the one after it is a secondary before and after the move. */
static int
follow(struct drill *drill, struct kept *kept, char *did, size_t size, struct drill_error *error)
{
   char name[48], time[MOVED_TIME_MAX];
   struct front *front = deployment_front(drill->deployment);
   if (phase_get_ready(drill, MOVED_BEFORE, error) != 0) {
      return -1;
   }
   int primary = front_primary(front);
   int member = kept->way->was_primary ? primary : (primary + 2) % FRONT_MEMBERS;
   bool failed_before = drill_phase(drill)->verdict == DRILL_FAIL;
   kept->port = front_port(front, (unsigned)member);
   kept->moved_us = clock_now_us();
   (void)snprintf(name, sizeof name, "moved, %s up", kept->way->who);
   const struct drill_invocation *one = moved_move(drill, member, error) == 0 ? phase_invoke(drill, name, error) : NULL;
   if (one == NULL || look(drill, kept, error) != 0) {
      return -1;
   }
   bool failed = one->verdict == DRILL_FAIL;
   double took_ms = drill_recovery_ms(drill, one);
   moved_time(time, took_ms);
   phase_recovered(drill, took_ms);
   append_text(did,
               size,
               "%s%s up: %s after %s%s",
               did[0] == '\0' ? "" : "; ",
               kept->way->who,
               failed ? one->outcome : "answered",
               time,
               kept->hellos);
   if (failed && !failed_before) {
      tell_lost(drill_phase(drill), kept, one, time);
   }
   if (failed) {
      drill_end_function(drill);
      return 0;
   }
   kept->found_us = clock_now_us();
   return phase_invoke(drill, "moved, the next", error) == NULL ? -1 : 0;
}

/* From the primary's list, a driver must drop the members that are not in it. */
static int
judge_left(struct drill *drill, const struct kept *kept, struct drill_error *error)
{
   struct witness_facts facts;
   struct moved_traffic traffic = {0};
   bool copied = phase_facts(drill, &facts, error);
   if (copied && kept->found_us > 0) {
      moved_traffic_add(&traffic, &facts, kept->port, kept->found_us);
   }
   witness_facts_clear(&facts);
   if (traffic.connections + traffic.hellos + traffic.commands + traffic.refused > 0) {
      phase_fail(drill,
                 "the function keeps using 127.0.0.1:%u, which the new primary does not list: %u new and %u refused "
                 "connections, %u hellos, %u commands. A client must drop such a member",
                 kept->port,
                 traffic.connections,
                 traffic.refused,
                 traffic.hellos,
                 traffic.commands);
   }
   return copied ? 0 : -1;
}

/* *found counts how often the function found the new primary. */
static int
run_round(struct drill *drill, char *did, size_t size, unsigned *found, struct drill_error *error)
{
   struct kept kept[WAYS] = {{.way = &ways[0]}, {.way = &ways[1]}};
   for (size_t i = 0; i < WAYS; i++) {
      if (follow(drill, &kept[i], did, size, error) != 0) {
         return -1;
      }
      *found += kept[i].found_us > 0 ? 1 : 0;
   }
   if (moved_all_down(drill, did, size, error) != 0) {
      return -1;
   }
   for (size_t i = 0; i < WAYS; i++) {
      if (judge_left(drill, &kept[i], error) != 0) {
         return -1;
      }
   }
   return 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   if (phase_get_ready(drill, MOVED_BEFORE, error) != 0) {
      return -1;
   }
   if (witness_last_port(drill->witness) == 0) {
      phase_skip(drill, "nothing was tested: the function sent the database no command");
      return 0;
   }
   char did[256];
   unsigned found = 0;
   for (unsigned i = 0; i < step->times; i++) {
      did[0] = '\0';
      if (run_round(drill, did, sizeof did, &found, error) != 0) {
         return -1;
      }
   }
   struct drill_phase *record = drill_phase(drill);
   record->driver_did[0] = '\0';
   if (step->times > 1) {
      append_text(record->driver_did,
                  sizeof record->driver_did,
                  "found the moved members %u of %u times; last: ",
                  found,
                  (unsigned)WAYS * step->times);
   }
   append_text(record->driver_did, sizeof record->driver_did, "%s", did);
   return 0;
}

const struct phase_kind phase_moved = {
   .name = "moved",
   .title = "All members moved while the process was suspended",
   .running_title = "All members moved between the invocations",
   .help = "by name only: all members move to new addresses while it is suspended.\n"
           "First an old secondary still answers at its old address, then an old\n"
           "primary, then none; then a new process gets the new URI",
   .needs_front = "needs the emulated replica set (--server), whose members the drill can move",
   .run = run,
};

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
   bool seen = witness_facts_init(&facts, drill->witness);
   kept->hellos[0] = '\0';
   if (!seen) {
      drill_error_set(error, "out of memory: could not read the record of the wire");
   } else if (facts.counts.left_out == 0) {
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
   return seen ? 0 : -1;
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

static void
tell(struct drill_phase *record,
     const struct kept *kept,
     const struct drill_invocation *one,
     double took_ms,
     char *did,
     size_t size,
     bool is_first_failure)
{
   char time[MOVED_TIME_MAX];
   moved_time(time, took_ms);
   record->recover_ms = took_ms > record->recover_ms ? took_ms : record->recover_ms;
   append_text(did,
               size,
               "%s%s up: %s after %s%s",
               did[0] == '\0' ? "" : "; ",
               kept->way->who,
               one->verdict == DRILL_PASS ? "answered" : one->outcome,
               time,
               kept->hellos);
   if (is_first_failure) {
      tell_lost(record, kept, one, time);
   }
}

/* The next member becomes primary, so the one after it is a secondary before and after the move. */
static int
follow(struct drill *drill, size_t phase, struct kept *kept, char *did, size_t size, struct drill_error *error)
{
   size_t number;
   char name[48];
   struct front *front = deployment_front(drill->deployment);
   if (moved_get_ready(drill, phase, error) != 0) {
      return -1;
   }
   int primary = front_primary(front);
   int member = kept->way->was_primary ? primary : (primary + 2) % FRONT_MEMBERS;
   bool failed_before = drill_phase(drill, phase)->verdict == DRILL_FAIL;
   kept->port = front_port(front, (unsigned)member);
   kept->moved_us = clock_now_us();
   (void)snprintf(name, sizeof name, "moved, %s up", kept->way->who);
   if (moved_move(drill, member, error) != 0 || phase_invoke(drill, phase, name, &number, error) != 0 ||
       look(drill, kept, error) != 0) {
      return -1;
   }
   const struct drill_invocation *one = drill_invocation(drill, number);
   bool failed = one->verdict == DRILL_FAIL;
   tell(drill_phase(drill, phase), kept, one, drill_recovery_ms(drill, number), did, size, failed && !failed_before);
   if (failed) {
      drill_end_function(drill);
      return 0;
   }
   kept->found_us = clock_now_us();
   return phase_invoke(drill, phase, "moved, the next", &number, error);
}

/* From the primary's list, a driver must drop the members that are not in it. */
static int
judge_left(struct drill *drill, size_t phase, const struct kept *kept, struct drill_error *error)
{
   struct witness_facts facts;
   struct moved_traffic traffic = {0};
   bool seen = witness_facts_init(&facts, drill->witness);
   if (!seen) {
      drill_error_set(error, "out of memory: could not read the record of the wire");
   } else if (kept->found_us > 0) {
      moved_traffic_add(&traffic, &facts, kept->port, kept->found_us);
   }
   witness_facts_clear(&facts);
   if (traffic.connections + traffic.hellos + traffic.commands + traffic.refused > 0) {
      phase_fail(drill,
                 phase,
                 "the function keeps using 127.0.0.1:%u, which the new primary does not list: %u new and %u refused "
                 "connections, %u hellos, %u commands. A client must drop such a member",
                 kept->port,
                 traffic.connections,
                 traffic.refused,
                 traffic.hellos,
                 traffic.commands);
   }
   return seen ? 0 : -1;
}

/* *found counts how often the function found the new primary. */
static int
run_round(struct drill *drill, size_t phase, char *did, size_t size, unsigned *found, struct drill_error *error)
{
   struct kept kept[WAYS] = {{.way = &ways[0]}, {.way = &ways[1]}};
   for (size_t i = 0; i < WAYS; i++) {
      if (follow(drill, phase, &kept[i], did, size, error) != 0) {
         return -1;
      }
      *found += kept[i].found_us > 0 ? 1 : 0;
   }
   if (moved_all_down(drill, phase, did, size, error) != 0) {
      return -1;
   }
   for (size_t i = 0; i < WAYS; i++) {
      if (judge_left(drill, phase, &kept[i], error) != 0) {
         return -1;
      }
   }
   return 0;
}

static int
run(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   if (moved_get_ready(drill, phase, error) != 0) {
      return -1;
   }
   if (witness_last_port(drill->witness) == 0) {
      phase_skip(drill, phase, "nothing was tested: the function sent the database no command");
      return 0;
   }
   char did[256];
   unsigned found = 0;
   for (unsigned i = 0; i < step->times; i++) {
      did[0] = '\0';
      if (run_round(drill, phase, did, sizeof did, &found, error) != 0) {
         return -1;
      }
   }
   struct drill_phase *record = drill_phase(drill, phase);
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

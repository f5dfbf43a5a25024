/*
 * All members move to new hosts while the process is suspended, as when maintenance replaces them. If an old address
 * still answers, its hello has the new list, and a driver must follow it (Server Discovery and Monitoring,
 * "updateRSWithoutPrimary", "updateRSFromPrimary"). If no old address answers, the function can't find the set, and
 * must say so before its time is over.
 */
#include "clock.h"
#include "moved.h"
#include "phase.h"
#include "phase_kinds.h"

#include <math.h>
#include <stdio.h>

/* How long a process that is not suspended runs between the move and its next event: as long as an outage takes. */
#define RUNS_ON_MS 2000

#define SELECTION_MS 5000

#define TIME_MAX 24

/* The invocation that makes a function know the old addresses. */
#define BEFORE "moved, before"

/* Formats a time: "9 ms", "5.0 s". */
static void
name_time(char text[TIME_MAX], double ms)
{
   (void)snprintf(text, TIME_MAX, ms < 1000 ? "%.0f ms" : "%.1f s", ms < 1000 ? ms : ms / 1e3);
}

/* Moves all members while the function is suspended. kept: see front_move. */
static int
move_members(struct drill *drill, int kept, struct drill_error *error)
{
   live_doing(drill->live, "moving the members", 0);
   if (deployment_move(drill->deployment, kept, error) != 0) {
      return -1;
   }
   return drill_runs_on(drill) ? drill_freeze(drill, RUNS_ON_MS, "idle, all members moved", error)
                               : drill_freeze(drill, drill->options->freeze_ms, "suspended, all members moved", error);
}

static bool
came_to(const struct witness_facts *facts, size_t connection, uint16_t port)
{
   return connection < facts->connection_count && facts->connections[connection].member_port == port;
}

void
moved_traffic_add(struct moved_traffic *traffic, const struct witness_facts *facts, uint16_t port, int64_t since_us)
{
   for (size_t i = 0; i < facts->connection_count; i++) {
      traffic->connections += facts->connections[i].opened_us >= since_us && came_to(facts, i, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *one = &facts->hellos[i];
      traffic->hellos += one->start_us >= since_us && came_to(facts, one->connection, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *one = &facts->commands[i];
      traffic->commands += one->start_us >= since_us && came_to(facts, one->connection, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->refusal_count; i++) {
      const struct witness_refusal *one = &facts->refusals[i];
      traffic->refused += one->at_us >= since_us && one->member_port == port ? 1 : 0;
   }
}

/* A failure of this invocation does not fail the phase. */
static const struct drill_invocation *
lose_all(struct drill *drill, const char *name, struct drill_error *error)
{
   const struct drill_invocation *one =
      move_members(drill, FRONT_NONE, error) == 0 ? phase_invoke_excused(drill, name, error) : NULL;
   if (one == NULL) {
      return NULL;
   }
   struct drill_phase *record = drill_phase(drill);
   record->frozen_ms = fmax(record->frozen_ms, one->frozen_ms);
   return one;
}

static void
judge_lost(struct drill *drill, const struct drill_invocation *one)
{
   double seconds = one->duration_ms / 1e3;
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      phase_fail(drill,
                 "with all known members down the function hung until its time limit of %g s, so no error says why: "
                 "set serverSelectionTimeoutMS (30 s in most drivers) to less than that",
                 drill->options->timeout_ms / 1e3);
   } else if (drill_reported_success(one)) {
      phase_fail_hidden_error(drill, "with all known members down", one);
   } else if (one->verdict == DRILL_FAIL && !drill_ended_as(one, INVOCATION_FUNCTION_ERROR)) {
      phase_fail(drill, "with all known members down: %s after %.1f s. %.300s", one->outcome, seconds, one->reason);
   }
}

/* For a function that hangs: tests whether a shorter serverSelectionTimeoutMS makes it give up sooner. */
static int
try_setting(struct drill *drill, struct text_out helps, struct drill_error *error)
{
   char setting[40], name[64];
   unsigned limit_ms = drill->options->timeout_ms;
   write_text(
      TEXT_OUT(setting), "serverSelectionTimeoutMS=%u", limit_ms >= 4 * SELECTION_MS ? SELECTION_MS : limit_ms / 4);
   write_text(TEXT_OUT(name), "moved, all down, %s", setting);
   if (drill_new_function(drill, setting, FUNCTION_SETTLE_MS, error) != 0 ||
       phase_invoke(drill, BEFORE, error) == NULL) {
      return -1;
   }
   const struct drill_invocation *one = lose_all(drill, name, error);
   if (one == NULL) {
      return -1;
   }
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      write_text(helps, "%s in the URI does not help. ", setting);
   } else {
      write_text(helps, "With %s in the URI: %s after %.1f s. ", setting, one->outcome, one->duration_ms / 1e3);
   }
   return 0;
}

/* Tests a function when no old address answers, then a new process. Appends the outcome to did. Returns -1 with error
 * set. */
static int
test_all_down(struct drill *drill, struct text_out did, struct drill_error *error)
{
   char time[TIME_MAX], helps[128] = "";
   const struct drill_invocation *one =
      phase_get_ready(drill, BEFORE, error) == 0 ? lose_all(drill, "moved, all down", error) : NULL;
   if (one == NULL) {
      return -1;
   }
   judge_lost(drill, one);
   name_time(time, one->duration_ms);
   append_text(did, "; all down: %s after %s; new process: ", one->outcome, time);
   if (drill_ended_as(one, INVOCATION_TIMED_OUT) && try_setting(drill, TEXT_OUT(helps), error) != 0) {
      return -1;
   }
   drill_end_function(drill);
   one = phase_invoke(drill, "moved, new process", error);
   if (one == NULL) {
      return -1;
   }
   append_text(did, "%s", one->outcome);
   struct drill_phase *record = drill_phase(drill);
   write_text(TEXT_OUT(record->advice),
              "%sA process that reaches none of the addresses it knows never finds the new ones, not even with "
              "mongodb+srv://: drivers poll SRV records for sharded clusters only. End the process after server "
              "selection fails, so that the next one starts with the new addresses.",
              helps);
   return 0;
}

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
      write_text(TEXT_OUT(kept->hellos),
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
   write_text(TEXT_OUT(record->reason),
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
follow(struct drill *drill, struct kept *kept, struct text_out did, struct drill_error *error)
{
   char name[48], time[TIME_MAX];
   struct front *front = deployment_front(drill->deployment);
   if (phase_get_ready(drill, BEFORE, error) != 0) {
      return -1;
   }
   int primary = front_primary(front);
   int member = kept->way->was_primary ? primary : (primary + 2) % FRONT_MEMBERS;
   bool failed_before = drill_phase(drill)->verdict == DRILL_FAIL;
   kept->port = front_port(front, (unsigned)member);
   kept->moved_us = clock_now_us();
   write_text(TEXT_OUT(name), "moved, %s up", kept->way->who);
   const struct drill_invocation *one =
      move_members(drill, member, error) == 0 ? phase_invoke(drill, name, error) : NULL;
   if (one == NULL || look(drill, kept, error) != 0) {
      return -1;
   }
   bool failed = one->verdict == DRILL_FAIL;
   double took_ms = drill_recovery_ms(drill, one);
   name_time(time, took_ms);
   phase_recovered(drill, took_ms);
   append_text(did,
               "%s%s up: %s after %s%s",
               did.text[0] == '\0' ? "" : "; ",
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
run_round(struct drill *drill, struct text_out did, unsigned *found, struct drill_error *error)
{
   struct kept kept[WAYS] = {{.way = &ways[0]}, {.way = &ways[1]}};
   for (size_t i = 0; i < WAYS; i++) {
      if (follow(drill, &kept[i], did, error) != 0) {
         return -1;
      }
      *found += kept[i].found_us > 0 ? 1 : 0;
   }
   if (test_all_down(drill, did, error) != 0) {
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
   if (phase_get_ready(drill, BEFORE, error) != 0) {
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
      if (run_round(drill, TEXT_OUT(did), &found, error) != 0) {
         return -1;
      }
   }
   struct drill_phase *record = drill_phase(drill);
   record->driver_did[0] = '\0';
   if (step->times > 1) {
      append_text(TEXT_OUT(record->driver_did),
                  "found the moved members %u of %u times; last: ",
                  found,
                  (unsigned)WAYS * step->times);
   }
   append_text(TEXT_OUT(record->driver_did), "%s", did);
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

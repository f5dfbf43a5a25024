/*
 * As in MongoDB's run-deployed-lambda-aws-tests.sh, the primary is lost while the function is suspended. What the
 * driver finds then depends on two things. The first is how its connections ended: a suspended process finds a FIN
 * waiting; after the long freeze of a microVM an RST answers the first write. The second is whether the freeze was
 * longer than heartbeatFrequencyMS: only then do monitors check at once.
 */
#include "clock.h"
#include "phase.h"
#include "phase_kinds.h"
#include "story.h"

#include <stdio.h>

/* The default of heartbeatFrequencyMS (server-monitoring, "heartbeatFrequencyMS"). */
#define HEARTBEAT_MS 10000
#define SHORT_FREEZE_MS 2000

struct way {
   enum front_ending ending;
   unsigned freeze_ms;
};

#define WAYS_MAX 4

/* With the user's own deployment, the outage command is the only way. */
static size_t
choose_ways(const struct drill *drill, struct way ways[WAYS_MAX])
{
   bool runs_on = drill_runs_on(drill);
   unsigned freeze_ms = drill->options->freeze_ms;
   if (deployment_front(drill->deployment) == NULL) {
      ways[0] = (struct way){FRONT_ENDING_CLOSED, runs_on ? 0 : freeze_ms};
      return 1;
   }
   if (runs_on) {
      ways[0] = (struct way){.ending = FRONT_ENDING_CLOSED};
      ways[1] = (struct way){.ending = FRONT_ENDING_RESET};
      return 2;
   }
   size_t count = 0;
   for (unsigned times = freeze_ms > HEARTBEAT_MS ? 2 : 1; times > 0; times--) {
      unsigned this_ms = times == 2 ? SHORT_FREEZE_MS : freeze_ms;
      ways[count++] = (struct way){FRONT_ENDING_CLOSED, this_ms};
      ways[count++] = (struct way){FRONT_ENDING_RESET, this_ms};
   }
   return count;
}

static void
name_way(const struct drill *drill, const struct way *way, struct text_out name)
{
   if (deployment_front(drill->deployment) == NULL) {
      write_text(name, "outage");
   } else if (drill_runs_on(drill)) {
      write_text(name, "outage, %s", way->ending == FRONT_ENDING_CLOSED ? "FIN" : "RST");
   } else {
      write_text(
         name, "outage, %s, %g s frozen", way->ending == FRONT_ENDING_CLOSED ? "FIN" : "RST", way->freeze_ms / 1e3);
   }
}

static void
end_connections(struct drill *drill, enum front_ending ending)
{
   struct front *front = deployment_front(drill->deployment);
   int primary = front == NULL ? -1 : front_primary(front);
   if (primary >= 0 && ending == FRONT_ENDING_RESET) {
      front_end_connections(front, ending, primary);
   }
}

static int
outage_once(struct drill *drill, const struct way *way, struct stories *stories, struct drill_error *error)
{
   char name[48];
   char story[STORY_MAX];
   name_way(drill, way, TEXT_OUT(name));
   /* A client must know the primary before it is lost. */
   if (phase_get_ready(drill, "before the outage", error) != 0) {
      return -1;
   }
   live_doing(drill->live, "losing the primary", 0);
   end_connections(drill, way->ending);
   /* The election is over by the thaw, however short the freeze is: this phase tests lost connections only. */
   if (deployment_lose_primary(drill->deployment, error) != 0 ||
       (way->freeze_ms > 0 && drill_freeze(drill, way->freeze_ms, "suspended, the old primary is down", error) != 0) ||
       deployment_await_primary(drill->deployment, error) != 0) {
      return -1;
   }
   int64_t thawed_us = clock_now_us();
   const struct drill_invocation *one = phase_invoke(drill, name, error);
   if (one == NULL) {
      return -1;
   }
   stories->tried++;
   if (one->verdict == DRILL_FAIL) {
      story_tell(drill->witness, thawed_us, clock_now_us(), TEXT_OUT(story));
      stories_add(stories, story);
   }
   phase_recovered(drill, drill_recovery_ms(drill, one));
   return deployment_recover(drill->deployment, error);
}

static void
tell_ways(struct drill_phase *record, const struct stories *stories, const struct way *ways, size_t count)
{
   char freezes[64] = "";
   double first_s = ways[0].freeze_ms / 1e3;
   if (count == WAYS_MAX) {
      write_text(TEXT_OUT(freezes), ", frozen for %g and %g s", first_s, ways[count - 1].freeze_ms / 1e3);
   } else if (ways[0].freeze_ms > 0) {
      write_text(TEXT_OUT(freezes), ", frozen for %g s", first_s);
   }
   write_text(TEXT_OUT(record->driver_did),
              "%u of %u answered, after FIN and RST%s; last: %.120s",
              stories->tried - stories->failed,
              stories->tried,
              freezes,
              record->driver_did);
}

/* If only some of several tries fail, it is a race, and its odds are the finding. */
static void
tell_all(struct drill *drill, const struct stories *stories)
{
   struct drill_phase *record = drill_phase(drill);
   if (stories->failed > 0 && stories->tried > 1) {
      char told[sizeof record->reason];
      stories_tell(stories, TEXT_OUT(told));
      write_text(TEXT_OUT(record->reason), "%.320s The first: %.160s", told, record->reason);
   } else if (record->verdict != DRILL_FAIL) {
      phase_time_limits_advice(TEXT_OUT(record->advice), record->recover_ms);
   }
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   if (!deployment_can_fail_over(drill->deployment)) {
      phase_skip(drill, "needs --outage-command, which makes the deployment of --uri lose its primary");
      return 0;
   }
   struct way ways[WAYS_MAX];
   struct stories stories = {.group_count = 0};
   size_t count = choose_ways(drill, ways);
   for (unsigned i = 0; i < step->times; i++) {
      for (size_t way = 0; way < count; way++) {
         if (outage_once(drill, &ways[way], &stories, error) != 0) {
            return -1;
         }
      }
   }
   if (count > 1) {
      tell_ways(drill_phase(drill), &stories, ways, count);
   }
   tell_all(drill, &stories);
   return 0;
}

const struct phase_kind phase_outage = {
   .name = "outage",
   .title = "Primary lost while the process was suspended",
   .running_title = "Primary lost between the invocations",
   .help = "the primary goes down while it is suspended: by FIN and RST,\n"
           "each in a short and a long freeze",
   .by_default = true,
   .run = run,
};

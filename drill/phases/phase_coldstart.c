/*
 * Measures a cold start against a replica set as far away as a real one, with TLS and a user. Shows, as the front sees
 * it, where the time goes until the first command is answered, and whether a setting makes the start quicker. With the
 * user's own deployment only the function's side is visible.
 */
#include "cold_start.h"
#include "crowd.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>
#include <string.h>

/* As between two availability zones or nearby regions. */
#define ROUND_TRIP_DEFAULT_MS 20

#define SETTINGS_MAX 5

struct trial {
   unsigned round_trip_ms;
   struct member_plan settings[SETTINGS_MAX];
   struct drill_cold_start best[SETTINGS_MAX];
   size_t count;
};

/* --- one cold start ----------------------------------------------------------------------------------------------- */

/* Breaks down one cold start, the first invocation of its process. */
static int
look(struct drill *drill,
     const struct witness_facts *before,
     const struct drill_invocation *one,
     unsigned round_trip_ms,
     struct drill_cold_start *cold,
     struct drill_error *error)
{
   struct witness_facts facts;
   int64_t origin_us = timeline_origin_us(drill->timeline);
   double init_ms = one->init_ms > 0 ? one->init_ms : 0;
   const struct cold_start_window window = {
      .start_us = origin_us + (int64_t)((one->at_ms - init_ms) * 1e3),
      .end_us = origin_us + (int64_t)((one->at_ms + one->duration_ms) * 1e3),
      .connection = before->connection_count,
      .command = before->command_count,
      .lookup = before->lookup_count,
      .round_trip_us = (int64_t)round_trip_ms * 1000,
   };
   bool copied = phase_facts(drill, &facts, error);
   if (copied) {
      (void)cold_start_look(cold, &facts, &window);
   }
   witness_facts_clear(&facts);
   return copied ? 0 : -1;
}

static void
keep_quickest(struct drill_cold_start *best, const struct drill_cold_start *cold)
{
   unsigned times = best->times + 1;
   if (!best->tried || cold->total_ms < best->total_ms) {
      *best = *cold;
   }
   best->times = times;
}

/* index 0 is the URI as given, judged like any cold start. A driver may refuse another setting: the phase reports that,
 * and does not fail. */
static const struct drill_invocation *
invoke_with(struct drill *drill, const struct trial *trial, size_t index, struct drill_error *error)
{
   char name[64];
   write_text(TEXT_OUT(name), "coldstart, %s", trial->settings[index].name);
   return index == 0 ? phase_invoke(drill, "coldstart", error)
                     : phase_invoke_as(drill, &trial->settings[index].wish, name, error);
}

static int
start_once(struct drill *drill, struct trial *trial, size_t index, struct drill_error *error)
{
   struct witness_facts before;
   struct drill_cold_start cold = {.tried = false};
   struct drill_cold_start *best = &trial->best[index];
   drill_end_function(drill);
   const struct drill_invocation *one =
      phase_facts(drill, &before, error) ? invoke_with(drill, trial, index, error) : NULL;
   int failed = one == NULL ? -1 : look(drill, &before, one, trial->round_trip_ms, &cold, error);
   witness_facts_clear(&before);
   if (failed == 0 && cold.tried && one->verdict == DRILL_PASS) {
      keep_quickest(best, &cold);
   } else if (failed == 0 && one->verdict == DRILL_FAIL && best->reason[0] == '\0') {
      write_text(TEXT_OUT(best->reason), "%s", one->reason);
   }
   return failed;
}

/* --- the settings ------------------------------------------------------------------------------------------------- */

static void
add_setting(struct trial *trial, const char *name, struct function_wish wish)
{
   trial->settings[trial->count++] = (struct member_plan){.name = name, .wish = wish};
}

/* Does nothing if the user already set the option. */
static void
add_option(struct drill *drill, struct trial *trial, const char *option)
{
   const char *given = drill->options->database.uri_options;
   char name[32];
   write_text(TEXT_OUT(name), "%.*s", (int)strcspn(option, "=") + 1, option);
   if (given == NULL || strcasestr(given, name) == NULL) {
      add_setting(trial, option, (struct function_wish){.uri_options = option});
   }
}

/* srvMaxHosts is not tried: drivers refuse it together with a replica set name, which the TXT record contains
 * (MongoDB's initial DNS seedlist discovery). */
static void
choose_settings(struct drill *drill, struct trial *trial)
{
   const struct options *options = drill->options;
   add_option(drill, trial, "minPoolSize=1");
   add_option(drill, trial, "maxPoolSize=1");
   if (options->database.srv) {
      const char *uri = front_member_uri(deployment_front(drill->deployment));
      add_setting(trial, "a mongodb:// URI", (struct function_wish){.uri = uri});
   }
   /* Only faas-harness reports its client. */
   if (strcmp(drill->results->client, "pool") == 0) {
      add_setting(trial, "--client single", (struct function_wish){.client = "single"});
   }
}

/* --- the phase ---------------------------------------------------------------------------------------------------- */

static int
keep(struct drill *drill, const struct trial *trial, struct drill_error *error)
{
   for (size_t i = 0; i < trial->count; i++) {
      struct drill_cold_start *kept = results_add_cold_start(drill->results);
      if (kept == NULL) {
         drill_error_set(error, "out of memory: could not store the results of a phase");
         return -1;
      }
      *kept = trial->best[i];
      kept->phase = drill->results->phase_count - 1;
   }
   return 0;
}

static void
tell(struct drill_phase *record, const struct trial *trial)
{
   const struct drill_cold_start *given = &trial->best[0];
   write_text(TEXT_OUT(record->driver_did),
              "%.0f ms: %u round trips of %u ms, %u connection%s",
              given->total_ms,
              given->round_trips,
              trial->round_trip_ms,
              given->connections,
              given->connections == 1 ? "" : "s");
   if (given->lookups > 0) {
      append_text(TEXT_OUT(record->driver_did), ", %u DNS lookup%s", given->lookups, given->lookups == 1 ? "" : "s");
   }
   if (given->times > 1) {
      append_text(TEXT_OUT(record->driver_did), "; the fastest of %u", given->times);
   }
   cold_start_advice(TEXT_OUT(record->advice), trial->best, trial->count);
}

/* Tries all settings in turn, then starts over, so that other load on the machine affects all of them. */
static int
try_all(struct drill *drill, unsigned times, struct trial *trial, struct drill_error *error)
{
   add_setting(trial, "as given", (struct function_wish){.uri = NULL});
   for (unsigned i = 0; i < times; i++) {
      for (size_t j = 0; j < trial->count; j++) {
         if (start_once(drill, trial, j, error) != 0) {
            return -1;
         }
         if (trial->count == 1 && trial->best[0].tried) {
            choose_settings(drill, trial);
         }
      }
   }
   for (size_t i = 0; i < trial->count; i++) {
      write_text(TEXT_OUT(trial->best[i].setting), "%s", trial->settings[i].name);
   }
   return 0;
}

static int
take_apart(struct drill *drill, unsigned times, struct drill_error *error)
{
   unsigned given_ms = drill->options->database.round_trip_ms;
   struct trial trial = {.round_trip_ms = given_ms == 0 ? ROUND_TRIP_DEFAULT_MS : given_ms};
   deployment_round_trip(drill->deployment, trial.round_trip_ms);
   int failed = try_all(drill, times, &trial, error);
   deployment_round_trip(drill->deployment, given_ms);
   /* The next phase has another round trip than this function's connections. */
   drill_end_function(drill);
   if (failed != 0) {
      return -1;
   }
   if (trial.best[0].tried) {
      tell(drill_phase(drill), &trial);
      return keep(drill, &trial, error);
   }
   phase_skip(drill, "no command of the function was answered, so the cold start cannot be broken down");
   return 0;
}

/* With the user's own deployment the drill only sees when the function asked for an event and when it answered. So it
 * compares with the next event, when everything is in place: that time is not part of the cold start. */
static int
compare_with_warm(struct drill *drill, unsigned times, struct drill_error *error)
{
   struct drill_invocation best = {.duration_ms = -1};
   double warm_ms = -1;
   for (unsigned i = 0; i < times; i++) {
      drill_end_function(drill);
      const struct drill_invocation *one = phase_invoke(drill, "coldstart", error);
      if (one == NULL) {
         return -1;
      }
      const struct drill_invocation cold = *one;
      const struct drill_invocation *warm = phase_invoke(drill, "coldstart, its next event", error);
      if (warm == NULL) {
         return -1;
      }
      if (best.duration_ms < 0 || cold.init_ms + cold.duration_ms < best.init_ms + best.duration_ms) {
         best = cold;
         warm_ms = warm->duration_ms;
      }
   }
   struct drill_phase *record = drill_phase(drill);
   double init_ms = best.init_ms > 0 ? best.init_ms : 0;
   write_text(TEXT_OUT(record->driver_did),
              "%.0f ms: %.0f until it asked for an event, %.0f for the first event; a warm event takes %.0f",
              init_ms + best.duration_ms,
              init_ms,
              best.duration_ms,
              warm_ms);
   if (best.has_report) {
      append_text(TEXT_OUT(record->driver_did), "; its report counts %u connections", best.connections_created);
   }
   write_text(TEXT_OUT(record->advice),
              "The drill does not see what your own deployment does. Without --uri, with --srv and the "
              "--round-trip of that deployment, it breaks down the same cold start.");
   return 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   return deployment_front(drill->deployment) == NULL ? compare_with_warm(drill, step->times, error)
                                                      : take_apart(drill, step->times, error);
}

const struct phase_kind phase_coldstart = {
   .name = "coldstart",
   .title = "Where the time of a cold start goes",
   .help = "by name only: where the time of a cold start goes, with TLS, a\n"
           "user, and --round-trip (here: 20), and which setting makes it\n"
           "faster; coldstart*5 reports the fastest of five of each. The whole\n"
           "drill runs as with --secure; --srv adds DNS lookups",
   .is_secure = true,
   .run = run,
};

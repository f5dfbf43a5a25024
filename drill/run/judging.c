#include "checks.h"

#include "judge.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* lambda_variables.c gives this region to every function. */
#define REGION "us-east-1"
#define HEARTBEAT_FREQUENCY_MS 10000

struct evidence {
   struct witness_facts facts;
   struct judge_invocation *invocations;
   size_t invocation_count;
   struct witness_write *writes;
   size_t write_count;
   bool writes_complete;
   double running_ms;
};

static int
by_start(const void *left, const void *right)
{
   const struct judge_invocation *a = left, *b = right;
   return a->start_us < b->start_us ? -1 : a->start_us > b->start_us;
}

/* When the process was suspended for its next invocation. After its last invocation nothing is known: then when it
 * answered. */
static int64_t
end_of_run(const struct drill_results *results, size_t number, int64_t origin_us)
{
   const struct drill_invocation *one = &results->invocations[number];
   for (size_t i = number + 1; i < results->invocation_count; i++) {
      const struct drill_invocation *next = &results->invocations[i];
      if (next->instance != one->instance) {
         continue;
      }
      if (!next->cold && next->frozen_ms >= 0) {
         double thawed_ms = next->at_ms + next->duration_ms - next->thaw_to_answer_ms;
         return origin_us + llround((thawed_ms - next->frozen_ms) * 1e3);
      }
      break;
   }
   return origin_us + llround((one->at_ms + one->duration_ms) * 1e3);
}

static void
gather_run(struct judge_invocation *to, const struct drill_invocation *from)
{
   to->runs_from_us = to->suspended_us = to->start_us;
   if (!from->cold && from->frozen_ms >= 0) {
      to->runs_from_us = to->end_us - llround(from->thaw_to_answer_ms * 1e3);
      to->suspended_us = to->runs_from_us - llround(from->frozen_ms * 1e3);
   }
}

static void
gather_report(struct judge_invocation *to, const struct drill_invocation *from)
{
   to->has_report = from->has_report;
   to->report = (struct judge_report){.commands = from->commands,
                                      .commands_failed = from->commands_failed,
                                      .heartbeats_failed = from->heartbeats_failed,
                                      .heartbeats_awaited = from->heartbeats_awaited,
                                      .has_handshake = from->has_handshake};
   memcpy(to->report.env_name, from->env_name, sizeof to->report.env_name);
}

/* How long processes ran, on a platform that lets them run between invocations. */
static double
running_ms(const struct evidence *evidence)
{
   double ms = 0;
   for (size_t i = 0; i < evidence->invocation_count; i++) {
      const struct judge_invocation *one = &evidence->invocations[i];
      const struct judge_invocation *next = i + 1 < evidence->invocation_count ? one + 1 : NULL;
      bool runs_on = next != NULL && next->instance == one->instance && !next->cold;
      ms += (double)((runs_on ? next->start_us : one->end_us) - one->start_us) / 1e3;
   }
   return ms;
}

static bool
gather_invocations(struct evidence *evidence, const struct drill *drill)
{
   const struct drill_results *results = drill->results;
   int64_t origin_us = timeline_origin_us(drill->timeline);
   evidence->invocations = calloc(results->invocation_count + 1, sizeof *evidence->invocations);
   for (size_t i = 0; evidence->invocations != NULL && i < results->invocation_count; i++) {
      const struct drill_invocation *from = &results->invocations[i];
      double init_ms = from->init_ms > 0 ? from->init_ms : 0;
      int64_t start_us = origin_us + llround(from->at_ms * 1e3);
      evidence->invocations[i] = (struct judge_invocation){.name = from->name,
                                                           /* Starts with the init phase, where a client is made. */
                                                           .start_us = start_us - llround(init_ms * 1e3),
                                                           .end_us = start_us + llround(from->duration_ms * 1e3),
                                                           .instance = from->instance,
                                                           .cold = from->cold,
                                                           .passed = from->verdict == DRILL_PASS,
                                                           .excused = from->excused,
                                                           .alone = from->alone,
                                                           .status_code = from->status_code};
      gather_run(&evidence->invocations[i], from);
      gather_report(&evidence->invocations[i], from);
      evidence->invocations[i].runs_until_us = end_of_run(results, i, origin_us);
      evidence->running_ms += init_ms + from->duration_ms + (from->cold && from->alone ? FUNCTION_SETTLE_MS : 0);
   }
   if (evidence->invocations != NULL) {
      evidence->invocation_count = results->invocation_count;
      qsort(evidence->invocations, evidence->invocation_count, sizeof *evidence->invocations, by_start);
   }
   if (evidence->invocations != NULL && drill->options->concurrency > 1) {
      evidence->invocation_count = judge_merge_overlapping(evidence->invocations, evidence->invocation_count);
   }
   if (evidence->invocations != NULL && drill_runs_on(drill)) {
      evidence->running_ms = running_ms(evidence);
   }
   return evidence->invocations != NULL;
}

static void
clear(struct evidence *evidence)
{
   witness_facts_clear(&evidence->facts);
   free(evidence->invocations);
   free(evidence->writes);
}

static void
add_check(struct drill *drill, const struct judge_rule *rule, const struct finding *finding)
{
   static const enum drill_verdict verdicts[] = {[JUDGE_PASS] = DRILL_PASS,
                                                 [JUDGE_FAIL] = DRILL_FAIL,
                                                 [JUDGE_WARNING] = DRILL_WARNING,
                                                 [JUDGE_SKIPPED] = DRILL_SKIPPED};
   struct drill_check *check = results_add_check(drill->results);
   if (check != NULL) {
      snprintf(check->name, sizeof check->name, "%s", rule->name);
      snprintf(check->source, sizeof check->source, "%s", rule->source);
      check->verdict = verdicts[finding->verdict];
      check->measured = finding->measured;
      snprintf(check->detail,
               sizeof check->detail,
               "%.380s%s%.120s",
               finding->detail,
               finding->advice[0] == '\0' ? "" : ". ",
               finding->advice);
   }
}

/* Takes the driver's name and version from its handshake if no report gave them. */
static void
name_driver(struct drill_results *results, const struct witness_facts *facts)
{
   for (size_t i = 0; i < facts->handshake_count && results->driver[0] == '\0'; i++) {
      if (facts->handshakes[i].driver[0] != '\0') {
         /* "PyMongo|c", "4.20.0|": what wraps a driver adds its name after a bar (MongoDB Handshake, "driver"). */
         const char *driver = facts->handshakes[i].driver, *version = facts->handshakes[i].version;
         snprintf(results->driver,
                  sizeof results->driver,
                  "%.*s %.*s",
                  (int)strcspn(driver, "|"),
                  driver,
                  (int)strcspn(version, "|"),
                  version);
      }
   }
}

/* The last of several options of one name counts. Every driver refuses values under 500 (URI options,
 * heartbeatFrequencyMS). */
static int
heartbeat_frequency(const char *uri_options)
{
   static const char name[] = "heartbeatfrequencyms=";
   int frequency_ms = HEARTBEAT_FREQUENCY_MS;
   for (const char *at = uri_options; at != NULL && (at = strcasestr(at, name)) != NULL;) {
      at += sizeof name - 1;
      long given = strtol(at, NULL, 10);
      frequency_ms = given > 0 && given < INT_MAX ? (int)given : frequency_ms;
   }
   return frequency_ms;
}

/* True if the function has the variable and its value is not empty. */
static bool
has_variable(const struct options *options, const char *name)
{
   size_t length = strlen(name);
   bool has = false;
   for (size_t i = 0; i < options->variable_count; i++) {
      const char *variable = options->variables[i];
      if (strncmp(variable, name, length) == 0 && variable[length] == '=') {
         has = variable[length + 1] != '\0';
      }
   }
   return has;
}

/* From MongoDB Handshake, "client.env.name". Vercel's variable is left out: Vercel runs on Lambda and takes
 * precedence. */
static const char *
find_other_platform(const struct options *options)
{
   if (options->platform->service != NULL) {
      return NULL;
   }
   static const char *const names[] = {"FUNCTIONS_WORKER_RUNTIME", "K_SERVICE", "FUNCTION_NAME"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (has_variable(options, names[i])) {
         return names[i];
      }
   }
   return NULL;
}

static void
judge(struct drill *drill, struct evidence *evidence)
{
   const struct options *options = drill->options;
   const struct judge_case seen = {
      .facts = &evidence->facts,
      .invocations = evidence->invocations,
      .invocation_count = evidence->invocation_count,
      .writes = evidence->writes,
      .write_count = evidence->write_count,
      .writes_complete = evidence->writes_complete,
      .platform = options->platform->title,
      .client_env = options->platform->client_env,
      .runs_on = drill_runs_on(drill),
      .region = options->platform->service == NULL ? REGION : "",
      .memory_mb = options->platform->service == NULL ? (int)options->memory_mb : -1,
      .kubernetes = has_variable(options, "KUBERNETES_SERVICE_HOST"),
      .other_platform = find_other_platform(options),
      .uri_options = options->database.uri_options == NULL ? "" : options->database.uri_options,
      .heartbeat_frequency_ms = heartbeat_frequency(options->database.uri_options),
      .running_ms = evidence->running_ms,
      .restore = drill->was_restored ? &drill->restore : NULL,
   };
   for (size_t i = 0; i < judge_rule_count; i++) {
      struct finding finding = {.verdict = JUDGE_SKIPPED, .measured = -1};
      if (judge_rule_applies(&judge_rules[i], &seen)) {
         judge_rules[i].judge(&seen, &finding);
         add_check(drill, &judge_rules[i], &finding);
      }
   }
}

static void
skip_all(struct drill *drill)
{
   struct finding finding = {.verdict = JUDGE_SKIPPED, .measured = -1};
   snprintf(finding.detail, sizeof finding.detail, "needs the emulated replica set (--server)");
   const struct judge_case nothing = {0};
   for (size_t i = 0; i < judge_rule_count; i++) {
      if (judge_rule_applies(&judge_rules[i], &nothing)) {
         add_check(drill, &judge_rules[i], &finding);
      }
   }
}

int
judging_run(struct drill *drill, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   if (front == NULL) {
      skip_all(drill);
      return 0;
   }
   struct evidence evidence = {0};
   bool gathered = witness_facts_init(&evidence.facts, drill->witness) && gather_invocations(&evidence, drill);
   if (gathered) {
      evidence.writes = front_writes(front, &evidence.write_count, &evidence.writes_complete);
      name_driver(drill->results, &evidence.facts);
      judge(drill, &evidence);
   } else {
      drill_error_set(error, "out of memory: could not judge what was seen");
   }
   clear(&evidence);
   return gathered ? 0 : -1;
}

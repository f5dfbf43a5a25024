#include "drill.h"

#include "append.h"
#include "clock.h"
#include "report_reading.h"

#include <string.h>

double
drill_ms(const struct drill *drill, int64_t at_us)
{
   return (double)(at_us - timeline_origin_us(drill->timeline)) / 1e3;
}

bool
drill_runs_on(const struct drill *drill)
{
   return drill->options->platform->idle == PLATFORM_RUNS_ON;
}

struct drill_invocation *
drill_invocation(struct drill *drill, size_t number)
{
   return &drill->results->invocations[number];
}

double
drill_recovery_ms(const struct drill *drill, const struct drill_invocation *one)
{
   return one->thaw_to_answer_ms >= 0 || !drill_runs_on(drill) ? one->thaw_to_answer_ms : one->duration_ms;
}

struct drill_phase *
drill_phase(struct drill *drill)
{
   return &drill->results->phases[drill->results->phase_count - 1];
}

static void
copy_result(struct drill *drill, struct drill_invocation *invocation, struct invocation_result *result)
{
   invocation->instance = result->instance;
   invocation->lane = result->lane;
   invocation->cold = result->cold;
   write_text(TEXT_OUT(invocation->outcome), "%s", invocation_outcome_name(result->outcome));
   write_text(TEXT_OUT(invocation->error_type), "%s", result->error_type);
   write_text(TEXT_OUT(invocation->request_id), "%s", result->request_id);
   invocation->at_ms = drill_ms(drill, result->start_us);
   invocation->init_ms = result->cold ? result->init_ms : -1;
   invocation->duration_ms = (double)(result->end_us - result->start_us) / 1e3;
   invocation->max_memory_mb = result->max_memory_mb;
   invocation->violations = result->violations;
   result->violations = NULL;
   if (result->thawed_us > 0) {
      invocation->frozen_ms = result->frozen_ms;
      if (drill->options->platform->idle == PLATFORM_FREEZES) {
         invocation->frozen_cpu_ms = result->frozen_cpu_ms;
      }
      invocation->thaw_to_answer_ms = (double)(result->end_us - result->thawed_us) / 1e3;
   }
}

/* Appends the broken rule to the reason: it is often the cause of what followed. */
static void
tell_broken_rule(struct drill_invocation *invocation, const char *contract)
{
   const char *first = invocation->violations;
   write_text(TEXT_OUT(invocation->reason),
              "%.200s; it also broke a rule of %s: %.*s",
              invocation->reason,
              contract,
              (int)strcspn(first, "\n"),
              first);
}

/* Adds the last line that the function itself wrote, which often says why it ended: a panic, an exception. */
static void
tell_last_words(struct drill_invocation *invocation, const struct invocation_result *result)
{
   static const char *const platforms[] = {"START ", "END ", "REPORT ", "INIT_REPORT ", "RequestId: ", "Extension"};
   const char *text = result->log_tail == NULL ? "" : result->log_tail;
   char last[200] = "";
   while (*text != '\0') {
      size_t length = strcspn(text, "\n");
      bool own = length > 0;
      for (size_t i = 0; i < sizeof platforms / sizeof platforms[0]; i++) {
         own = own && strncmp(text, platforms[i], strlen(platforms[i])) != 0;
      }
      if (own) {
         write_text(TEXT_OUT(last), "%.*s", (int)length, text);
      }
      text += length + (text[length] == '\n' ? 1 : 0);
   }
   if (last[0] != '\0') {
      write_text(TEXT_OUT(invocation->reason), "%.280s. The last line it wrote: %s", invocation->reason, last);
   }
}

/* Adds that the machine was busy, so that a time-out may not be the function's fault. */
static void
tell_pressure(struct drill_invocation *invocation, int64_t waited_us, int64_t took_us)
{
   if (invocation->verdict == DRILL_FAIL && waited_us > took_us / 2) {
      write_text(
         TEXT_OUT(invocation->reason),
         "%.300s. This machine was short of CPU: for %.0f %% of that time processes waited for one. Try again with "
         "less at once",
         invocation->reason,
         100.0 * (double)waited_us / (double)took_us);
   }
}

/* Judges the invocation by itself. The checks later compare what it wrote with the server's record. */
static void
judge(struct drill_invocation *invocation, const struct invocation_result *result, const char *contract)
{
   char *reason = invocation->reason;
   struct text_out out = TEXT_OUT(invocation->reason);
   bool broke_rule = invocation->violations != NULL;
   if (result->outcome != INVOCATION_ANSWERED) {
      write_text(out, "%s", reason[0] == '\0' ? invocation->outcome : reason);
   } else if (reason[0] != '\0') {
      write_text(out, "its report has a failure: %.400s", reason);
   } else if (broke_rule) {
      write_text(out, "broke a rule of %s: %.400s", contract, invocation->violations);
      broke_rule = false;
   } else if (invocation->frozen_cpu_ms > 0) {
      write_text(out, "used CPU while it was suspended");
   }
   invocation->verdict = reason[0] == '\0' ? DRILL_PASS : DRILL_FAIL;
   if (result->outcome == INVOCATION_CRASHED || result->outcome == INVOCATION_INIT_FAILED) {
      tell_last_words(invocation, result);
   }
   if (broke_rule) {
      tell_broken_rule(invocation, contract);
   }
}

/* --client works for faas-harness only, and the first answer shows whether the function is that. */
static bool
check_client(const struct drill *drill, const struct drill_invocation *invocation, struct drill_error *error)
{
   bool other = drill_ended_as(invocation, INVOCATION_ANSWERED) && !invocation->has_report;
   if (drill->options->client != NULL && other) {
      drill_error_set(error,
                      "--client %s works with faas-harness only, and this function is not faas-harness: its answer is "
                      "not a report. Remove --client",
                      drill->options->client);
      return false;
   }
   return true;
}

/* How long processes of this machine have waited for a CPU since boot (Linux Documentation/accounting/psi.rst):
 * microseconds in which at least one did; -1 where the kernel does not count them. */
static int64_t
cpu_pressure_us(void)
{
   FILE *file = fopen("/proc/pressure/cpu", "re");
   long long total_us = -1;
   if (file != NULL) {
      if (fscanf(file, "some avg10=%*s avg60=%*s avg300=%*s total=%lld", &total_us) != 1) {
         total_us = -1;
      }
      fclose(file);
   }
   return total_us;
}

int
drill_invoke(
   struct drill *drill, struct function *function, const char *name, size_t *number, struct drill_error *error)
{
   struct invocation_result result = {0};
   int64_t start_us = clock_now_us();
   int64_t pressure_us = cpu_pressure_us();
   if (environment_invoke(function->environment, "{}", 2, &result, error) != 0) {
      return -1;
   }
   pressure_us = pressure_us < 0 ? 0 : cpu_pressure_us() - pressure_us;
   int64_t took_us = clock_now_us() - start_us;
   int done = -1;
   pthread_mutex_lock(&drill->lock);
   struct drill_invocation *invocation = results_add_invocation(drill->results);
   if (invocation == NULL) {
      (void)invocation_out_of_memory(error);
   } else {
      *number = drill->results->invocation_count - 1;
      invocation->phase = drill->results->phase_count - 1;
      write_text(TEXT_OUT(invocation->name), "%s", name);
      copy_result(drill, invocation, &result);
      report_read(invocation, &result, drill->results, drill->timeline, deployment_front(drill->deployment) == NULL);
      judge(invocation, &result, drill->options->platform->contract);
      if (result.outcome == INVOCATION_TIMED_OUT) {
         tell_pressure(invocation, pressure_us, took_us);
      }
      done = check_client(drill, invocation, error) ? 0 : -1;
   }
   pthread_mutex_unlock(&drill->lock);
   invocation_result_clear(&result);
   return done;
}

bool
drill_ended_as(const struct drill_invocation *one, enum invocation_outcome outcome)
{
   return strcmp(one->outcome, invocation_outcome_name(outcome)) == 0;
}

bool
drill_reported_success(const struct drill_invocation *one)
{
   return drill_ended_as(one, INVOCATION_ANSWERED) && one->verdict == DRILL_PASS && one->status_code < 500;
}

int
drill_freeze(struct drill *drill, unsigned freeze_ms, const char *what, struct drill_error *error)
{
   int64_t until_us = clock_now_us() + (int64_t)freeze_ms * 1000;
   live_doing(drill->live, what, until_us);
   bool undisturbed = interruption_wait_until(drill->interruption, until_us);
   live_doing(drill->live, "invoked", 0);
   if (!undisturbed) {
      drill_error_set(error, "interrupted");
   }
   return undisturbed ? 0 : -1;
}

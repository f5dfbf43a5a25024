#include "judge.h"

#include <stdarg.h>
#include <stdio.h>

const struct judge_rule judge_rules[] = {
   {"database_used", "FaaS Automated Testing, \"Test Plan\"", rule_database_used},
   {"streaming_protocol", "FaaS Automated Testing; Server Monitoring, \"Streaming disabled\"", rule_streaming_protocol},
   {"heartbeat_interval",
    "Server Monitoring, \"heartbeatFrequencyMS\" and \"minHeartbeatFrequencyMS\"",
    rule_heartbeat_interval},
   {"rtt_connection", "Server Monitoring, \"Streaming disabled\"", rule_rtt_connection},
   {"handshake", "MongoDB Handshake, \"client.env\" and \"Limitations\"", rule_handshake},
   {"writes_once", "Retryable Writes, \"Transaction ID\"", rule_writes_once},
   {"retries", "Retryable Writes and Retryable Reads, \"Determining Retryable Errors\"", rule_retries},
   {"errors_told", "FaaS Automated Testing, \"Test Plan\"", rule_errors_told},
   {"report_agrees", "", rule_report_agrees},
   {"unique_after_restore", "AWS Lambda, \"Handling uniqueness with Lambda SnapStart\"", rule_unique_after_restore},
};

const size_t judge_rule_count = sizeof judge_rules / sizeof judge_rules[0];

bool
judge_rule_applies(const struct judge_rule *rule, const struct judge_case *seen)
{
   return rule->judge != rule_unique_after_restore || seen->restore != NULL;
}

void
finding_set(struct finding *finding, enum judge_verdict verdict, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   finding->verdict = verdict;
   (void)vsnprintf(finding->detail, sizeof finding->detail, format, arguments);
   va_end(arguments);
}

void
finding_advise(struct finding *finding, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(finding->advice, sizeof finding->advice, format, arguments);
   va_end(arguments);
}

const struct judge_invocation *
judge_invocation_at(const struct judge_case *seen, int64_t at_us)
{
   for (size_t i = 0; i < seen->invocation_count && seen->invocations[i].start_us <= at_us; i++) {
      if (at_us <= seen->invocations[i].end_us) {
         return &seen->invocations[i];
      }
   }
   return NULL;
}

/* Adds the results of `other`, the later of two overlapping invocations, to the earlier one. */
static void
merge(struct judge_invocation *into, const struct judge_invocation *other)
{
   unsigned failed = into->more_failed + (into->passed ? 0 : 1) + (other->passed ? 0 : 1);
   into->end_us = other->end_us > into->end_us ? other->end_us : into->end_us;
   into->runs_until_us = other->runs_until_us > into->runs_until_us ? other->runs_until_us : into->runs_until_us;
   into->cold = into->cold || other->cold;
   into->passed = failed == 0;
   into->more++;
   into->more_failed = failed > 0 ? failed - 1 : 0;
   into->excused = into->excused || other->excused;
   into->alone = into->alone && other->alone;
   into->status_code = other->status_code > into->status_code ? other->status_code : into->status_code;
   into->has_report = into->has_report && other->has_report;
   into->report.commands += other->report.commands;
   into->report.commands_failed += other->report.commands_failed;
   into->report.heartbeats_failed += other->report.heartbeats_failed;
   into->report.heartbeats_awaited += other->report.heartbeats_awaited;
}

size_t
judge_merge_overlapping(struct judge_invocation *invocations, size_t count)
{
   size_t kept = 0;
   for (size_t i = 0; i < count; i++) {
      const struct judge_invocation *one = &invocations[i];
      struct judge_invocation *before = kept == 0 ? NULL : &invocations[kept - 1];
      if (before != NULL && before->instance == one->instance && one->start_us < before->end_us) {
         merge(before, one);
      } else {
         invocations[kept++] = *one;
      }
   }
   return kept;
}

const char *
plural(unsigned long count)
{
   return count == 1 ? "" : "s";
}

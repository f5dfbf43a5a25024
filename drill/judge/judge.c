#include "judge.h"

#include "rules.h"

#include <stdarg.h>
#include <stdio.h>

const struct judge_rule judge_rules[] = {
   {"database_used", "FaaS Automated Testing, \"Test Plan\"", rule_database_used},
   {"streaming_protocol",
    "FaaS Automated Testing; Server Monitoring, \"Polling or Streaming\"",
    rule_streaming_protocol},
   {"heartbeat_interval",
    "Server Monitoring, \"heartbeatFrequencyMS\" and \"minHeartbeatFrequencyMS\"",
    rule_heartbeat_interval},
   {"rtt_connection", "Server Monitoring, \"Measuring RTT\"", rule_rtt_connection},
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

const char *
plural(unsigned long count)
{
   return count == 1 ? "" : "s";
}

/*
 * rules: the function of each rule, which is in a file of the same name.
 */
#pragma once

#include "judge.h"

void rule_database_used(const struct judge_case *seen, struct finding *finding);
void rule_streaming_protocol(const struct judge_case *seen, struct finding *finding);
void rule_heartbeat_interval(const struct judge_case *seen, struct finding *finding);
void rule_rtt_connection(const struct judge_case *seen, struct finding *finding);
void rule_handshake(const struct judge_case *seen, struct finding *finding);
void rule_writes_once(const struct judge_case *seen, struct finding *finding);
void rule_retries(const struct judge_case *seen, struct finding *finding);
void rule_errors_told(const struct judge_case *seen, struct finding *finding);
void rule_unique_after_restore(const struct judge_case *seen, struct finding *finding);
void rule_report_agrees(const struct judge_case *seen, struct finding *finding);

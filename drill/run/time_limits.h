/*
 * time_limits: whether a function that needed so long would still be answered where it runs.
 */
#ifndef FAAS_DRILL_TIME_LIMITS_H
#define FAAS_DRILL_TIME_LIMITS_H

#include <stddef.h>

/* A sentence for a person; "" where it was quick enough for all of them. Lambda's default time limit is 3 s (AWS,
 * "Configure Lambda function timeout"); API Gateway waits 29 s (AWS, "Amazon API Gateway quotas", integration timeout).
 */
void time_limits_advice(char *text, size_t size, double needed_ms);

#endif

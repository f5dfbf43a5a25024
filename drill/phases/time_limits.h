/*
 * time_limits: says whether a function that takes so long would still be answered on its platform.
 */
#ifndef FAAS_DRILL_TIME_LIMITS_H
#define FAAS_DRILL_TIME_LIMITS_H

#include <stddef.h>

/* Writes a sentence for people, or "" if the function is quick enough for all limits. Lambda's default time limit is 3
 * s (AWS, "Configure Lambda function timeout"); API Gateway waits 29 s (AWS, "Amazon API Gateway quotas", integration
 * timeout). */
void time_limits_advice(char *text, size_t size, double needed_ms);

#endif

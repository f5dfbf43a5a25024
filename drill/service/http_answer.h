/*
 * http_answer: an HTTP answer whose status alone says whether the function failed.
 */
#ifndef FAAS_DRILL_HTTP_ANSWER_H
#define FAAS_DRILL_HTTP_ANSWER_H

#include "service_kind.h"

/* 2xx and 3xx are answers, all else is a failure. May take answer's text. False when out of memory. */
bool http_answer_take(struct service_answer *answer, struct invocation_result *result);

#endif

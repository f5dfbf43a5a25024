/*
 * http_answer: an HTTP answer whose status alone says whether the function failed.
 */
#ifndef FAAS_DRILL_HTTP_ANSWER_H
#define FAAS_DRILL_HTTP_ANSWER_H

#include "service_kind.h"

/* For service_kind's take. 2xx and 3xx are answers, anything else is a failure; an answer without a status is a
 * violation. */
bool http_answer_take(struct service_answer *answer, struct invocation_result *result, struct violations *violations);

#endif

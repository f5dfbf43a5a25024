/*
 * failed_answer: what a function said when it failed, as the drill reads it of every platform.
 */
#ifndef FAAS_DRILL_FAILED_ANSWER_H
#define FAAS_DRILL_FAILED_ANSWER_H

#include "function.h"

/* Makes result a function error, of the text that it answered with: the message of {"errorMessage": …} or {"error": …},
 * with the report where that is one of faas-harness, else the text's beginning. what ("HTTP 500") is the type where the
 * text has none. False when out of memory. */
bool failed_answer_set(struct invocation_result *result, const char *what, const char *text, size_t length);

#endif

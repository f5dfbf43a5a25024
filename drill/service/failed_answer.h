/*
 * failed_answer: turns what a function answered when it failed into the error that the drill reads on every platform.
 */
#ifndef FAAS_DRILL_FAILED_ANSWER_H
#define FAAS_DRILL_FAILED_ANSWER_H

#include "function.h"

/* Makes result a function error, of the text that it answered with: the message of {"errorMessage": …} or {"error": …},
 * with the report where that is one of faas-harness, else the text's beginning. what ("HTTP 500") is the type where the
 * text has none. False when out of memory. */
bool failed_answer_set(struct invocation_result *result, const char *what, const char *text, size_t length);

#endif

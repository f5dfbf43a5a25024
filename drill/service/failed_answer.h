/*
 * failed_answer: turns what a failed function answered into the error that the drill reads on every platform.
 */
#ifndef FAAS_DRILL_FAILED_ANSWER_H
#define FAAS_DRILL_FAILED_ANSWER_H

#include "function.h"

/* Makes result a function error from the answer's text: the message of {"errorMessage": …} or {"error": …}, with the
 * report if it is one of faas-harness, or else the beginning of the text. what ("HTTP 500") is the type if the text has
 * none. Returns false when out of memory. */
bool failed_answer_set(struct invocation_result *result, const char *what, const char *text, size_t length);

#endif

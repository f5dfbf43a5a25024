/*
 * service_answer: interprets the answer of a function that is a server: turns a failed function's answer into the error
 * that the drill reads on every platform.
 */
#pragma once

#include "function.h"
#include "service_kind.h"

/* Makes result a function error from the answer's text: the message of {"errorMessage": …} or {"error": …}, with the
 * report if it is one of faas-harness, or else the beginning of the text. what ("HTTP 500") is the type if the text has
 * none. Returns false when out of memory. */
bool service_answer_failed(struct invocation_result *result, const char *what, const char *text, size_t length);

/* For service_kind's take, where the HTTP status alone says whether the function failed: 2xx and 3xx are answers,
 * anything else is a failure. */
bool service_answer_take_http(struct service_answer *answer,
                              struct invocation_result *result,
                              struct violations *violations);

/*
 * record_match: compares the server's own record of inserts and deletes with the reports.
 */
#pragma once

#include "append.h"
#include "front.h"
#include "results.h"

#include <stddef.h>

/* Checks that each invocation that reports an insert and a delete has a document of its own, inserted once and deleted
 * once within the invocation's time. If all answers are reports, it allows one more document for each invocation that
 * failed, and no others. Ignores reports that name no writes (another function's). origin_us is the zero of the
 * invocations' at_ms. Sorts writes. Returns true or false; detail says what was found. */
bool record_match(struct witness_write *writes,
                  size_t write_count,
                  const struct drill_results *results,
                  int64_t origin_us,
                  struct text_out detail);

/*
 * record_match: the server's own record of inserts and deletes beside what the reports say of them.
 */
#ifndef FAAS_DRILL_RECORD_MATCH_H
#define FAAS_DRILL_RECORD_MATCH_H

#include "front.h"
#include "results.h"

#include <stddef.h>

/* Each invocation that reports an insert and a delete has a document of its own that was inserted once, and deleted
 * once, within its time. Where all answers are reports, there are no documents besides, but one for each invocation
 * that failed. Reports of nothing (another function's) are not asked. origin_us is 0 of the invocations' at_ms. True
 * with what was found in detail, or false. */
bool record_match(const struct front_write *writes,
                  size_t write_count,
                  const struct drill_results *results,
                  int64_t origin_us,
                  char *detail,
                  size_t size);

#endif

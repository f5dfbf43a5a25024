/*
 * report_reading: what an answer says: a report of faas-harness (docs/report.md), the same inside an error's message,
 * or something else. Its events go onto the timeline.
 */
#ifndef FAAS_DRILL_REPORT_READING_H
#define FAAS_DRILL_REPORT_READING_H

#include "environment.h"
#include "results.h"
#include "timeline.h"

/* Fills the fields of invocation that come from a report, and report itself. Says in reason why the function failed, if
 * it did. driver and client of results are set by the first report. events: its
 * events go onto the timeline, when nobody else records them. The answer is kept where it is no report. */
void report_read(struct drill_invocation *invocation,
                 const struct invocation_result *result,
                 struct drill_results *results,
                 struct timeline *timeline,
                 bool events);

#endif

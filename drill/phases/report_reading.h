/*
 * report_reading: parses an answer: a report of faas-harness (docs/report.md), the same inside an error's message, or
 * something else. Adds its events to the timeline.
 */
#pragma once

#include "environment.h"
#include "results.h"
#include "timeline.h"

/* Fills in report and the fields of invocation that come from it. If the function failed, reason says why. The first
 * report sets driver and client of results. events: adds the report's events to the timeline, for when nobody else
 * records them. Keeps the answer if it is not a report. */
void report_read(struct drill_invocation *invocation,
                 const struct invocation_result *result,
                 struct drill_results *results,
                 struct timeline *timeline,
                 bool events);

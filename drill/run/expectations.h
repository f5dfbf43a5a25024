/*
 * expectations: known failures of a driver, one per line of a file (--expect), and how they change a drill's verdict. A
 * listed failure leaves the drill green. A line that is out of date makes the drill red, so that somebody deletes it.
 */
#pragma once

#include "error.h"
#include "results.h"

#define EXPECTATIONS_MAX 100
#define EXPECTATIONS_FILE_MAX 65536

#define EXPECTATIONS_DAY 11

/* Today's date by UTC, such as 2026-11-29. */
void expectations_today(char day[EXPECTATIONS_DAY]);

/* Adds the file's lines to the results. Refuses a line whose until= day is before today. Returns 0, or -1 with error
 * set: FILE:LINE and what is wrong there. */
int expectations_read(struct drill_results *results, const char *path, const char *today, struct drill_error *error);

/* For a phase that has ended, or for all checks: turns a listed failure into DRILL_KNOWN. A line that says always, but
 * whose failure did not occur, becomes DRILL_FAIL, with a text that says the line is stale. */
void expectations_settle_phase(struct drill_results *results, size_t phase);
void expectations_settle_checks(struct drill_results *results);

/*
 * expectations: the known failures of a driver, a line of a file each (--expect), and what becomes of a drill by them.
 * One that is listed leaves the drill green; a line that no longer holds makes it red, so that it is deleted.
 */
#ifndef FAAS_DRILL_EXPECTATIONS_H
#define FAAS_DRILL_EXPECTATIONS_H

#include "error.h"
#include "results.h"

#define EXPECTATIONS_MAX 100
#define EXPECTATIONS_FILE_MAX 65536

#define EXPECTATIONS_DAY 11

/* Today, 2026-11-29, by UTC. */
void expectations_today(char day[EXPECTATIONS_DAY]);

/* Adds the file's lines to the results. today is a day as above, after which none may have ended. 0, or -1 with error
 * set: FILE:LINE and what is wrong there. */
int expectations_read(struct drill_results *results, const char *path, const char *today, struct drill_error *error);

/* Of a phase that is over, and of all checks: a failure that is listed becomes DRILL_KNOWN, and what a line takes for
 * sure to fail and did not becomes DRILL_FAIL, which says that the line is stale. */
void expectations_settle_phase(struct drill_results *results, size_t phase);
void expectations_settle_checks(struct drill_results *results);

#endif

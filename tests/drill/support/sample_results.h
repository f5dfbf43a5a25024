/*
 * sample_results: a drill that never was, with something of everything in it, for the tests of the writers.
 */
#ifndef FAAS_SAMPLE_RESULTS_H
#define FAAS_SAMPLE_RESULTS_H

#include "results.h"

#include <stdbool.h>

enum sample_kind {
   SAMPLE_MIXED,   /* the dropped phase is red, one phase skipped from the second round on */
   SAMPLE_GOOD,    /* all green */
   SAMPLE_HOSTILE, /* as mixed, with texts that break out of XML, JSON, HTML and terminals */
   SAMPLE_EMPTY,   /* ended before its first phase */
   SAMPLE_KNOWN,   /* as mixed, its failures known, and a line of --expect of each outcome */
};

/* Adds about that many invocations: 9 for a round of all phases, up to 6 with one for each, and in larger drills frozen
 * ones. */
bool sample_fill(struct drill_results *results, struct timeline *timeline, enum sample_kind kind, size_t invocations);

#endif

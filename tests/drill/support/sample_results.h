/*
 * sample_results: an invented drill with some of everything, for the tests of the writers.
 */
#ifndef FAAS_SAMPLE_RESULTS_H
#define FAAS_SAMPLE_RESULTS_H

#include "results.h"

enum sample_kind {
   SAMPLE_MIXED,   /* phase dropped is red, one phase is skipped from the second round on */
   SAMPLE_GOOD,    /* all green */
   SAMPLE_HOSTILE, /* as mixed, with texts that try to break out of XML, JSON, HTML and terminals */
   SAMPLE_EMPTY,   /* ended before its first phase */
   SAMPLE_KNOWN,   /* as mixed, with its failures known, and a line of --expect for each outcome */
};

/* Adds about that many invocations: 9 for a round of all phases, up to 6 with one invocation per phase, and frozen ones
 * in larger drills. */
void sample_fill(struct drill_results *results, struct timeline *timeline, enum sample_kind kind, size_t invocations);

#endif

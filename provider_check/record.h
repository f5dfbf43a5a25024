/*
 * record: what was observed of a provider, in memory that a scenario's process shares with its parent, so that a crash
 * loses nothing.
 */
#ifndef FAAS_CHECK_RECORD_H
#define FAAS_CHECK_RECORD_H

#include "rules.h"

#include <stdbool.h>
#include <stddef.h>

#define RECORD_VIOLATIONS_MAX 64

struct violation {
   enum rule rule;
   enum callback callback;
   char scenario[96];
   char found[512];
   unsigned times;
};

struct record {
   bool judged[RULE_COUNT];
   char skipped[RULE_COUNT][160]; /* empty: use the rule's own text */
   struct violation violations[RECORD_VIOLATIONS_MAX];
   unsigned violation_count;
   unsigned violations_left_out;

   char title[256];       /* "provider local 0.1.0" */
   char not_opened[1200]; /* why the plain open failed; empty: it succeeded */
   char unusable[1200];   /* why nothing can be checked, for a reason that is not the provider's fault */
   unsigned hangs;

   /* Of the current scenario. */
   char scenario[96];
   _Atomic enum callback callback;
   bool stop_requested;
   bool finished;
   bool swept; /* the sweep is complete: nothing is left to fail, or to try */
   char remark[200];
};

/* Returns NULL when out of memory. The record is shared with every process forked from now on. */
struct record *record_new(void);
void record_destroy(struct record *record);

void record_begin_scenario(struct record *record, const char *name);

/* Notes that the provider had a chance to break the rule. */
void record_judged(struct record *record, enum rule rule);

/* Notes that the current callback broke the rule. printf-like: "expected …, found …". A repeated violation is only
 * counted. */
void record_violation(struct record *record, enum rule rule, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

/* Notes why the rule could not be judged; the first reason is kept. */
void record_skipped(struct record *record, enum rule rule, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

unsigned record_violations_of(const struct record *record, enum rule rule);

#endif

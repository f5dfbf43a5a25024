/*
 * overload_verdict: what phase overload measured, and what it means in words.
 */
#ifndef FAAS_DRILL_OVERLOAD_VERDICT_H
#define FAAS_DRILL_OVERLOAD_VERDICT_H

#include "backoff.h"
#include "storm.h"

struct overload_facts {
   unsigned per_second; /* commands that a member admits */
   unsigned retries;    /* maxAdaptiveRetries in --uri-options, or the specification's */
   const struct storm *storm;
   const struct backoff *backoff;
};

/* maxAdaptiveRetries in options of a URI (may be NULL), or what the specification of that version has. */
unsigned overload_retries(const char *uri_options, enum backoff_version version);

void overload_describe(char *text, size_t size, const struct overload_facts *facts);
void overload_advise(char *text, size_t size, const struct overload_facts *facts);

/* Whether the phase is red, and why. */
bool overload_fails(char *text, size_t size, const struct overload_facts *facts);

#endif

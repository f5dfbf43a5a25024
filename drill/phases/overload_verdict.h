/*
 * overload_verdict: describes and judges what phase overload measured.
 */
#pragma once

#include "append.h"
#include "backoff.h"
#include "storm.h"

struct overload_facts {
   unsigned per_second; /* commands that a member admits */
   unsigned retries;    /* maxAdaptiveRetries from --uri-options, or the specification's default */
   const struct storm *storm;
   const struct backoff *backoff;
};

/* maxAdaptiveRetries from the URI options (may be NULL), or the default of that version of the specification. */
unsigned overload_retries(const char *uri_options, enum backoff_version version);

void overload_describe(struct text_out out, const struct overload_facts *facts);
void overload_advise(struct text_out out, const struct overload_facts *facts);

/* Returns whether the phase failed, and writes why. */
bool overload_fails(struct text_out out, const struct overload_facts *facts);

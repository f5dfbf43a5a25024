/*
 * outcome: judges what a provider's callback returned: its result, and the error with it.
 */
#ifndef FAAS_CHECK_OUTCOME_H
#define FAAS_CHECK_OUTCOME_H

#include "guard_bytes.h"
#include "record.h"

#include "faas_harness/provider.h"

/* What a callback is given to fill. */
struct outcome_error {
   struct faas_error error;
   unsigned char guard[GUARD_BYTES];
};

void outcome_error_init(struct outcome_error *error);

/* Judges RULE_RESULTS, RULE_ERRORS and RULE_BOUNDS. Returns result if the callback may return it, otherwise FAAS_ERROR;
 * misbehaved says which. The message of a FAAS_ERROR becomes the record's remark. */
enum faas_result outcome_judge(struct record *record,
                               enum callback callback,
                               enum faas_result result,
                               const struct outcome_error *error,
                               bool *misbehaved);

#endif

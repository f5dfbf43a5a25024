/*
 * call: watches stdout and the environment around a call of the provider's, and says whose turn it is.
 */
#ifndef FAAS_CHECK_CALL_H
#define FAAS_CHECK_CALL_H

#include "record.h"

/* Descriptor 1 is a file; all that the provider writes is in it. */
void call_begin(struct record *record, enum callback callback);
void call_end(struct record *record, bool answers); /* answers: it may have written to stdout */

#endif

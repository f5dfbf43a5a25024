/*
 * call: watches stdout and the environment around a call to the provider, and records which callback runs.
 */
#ifndef FAAS_CHECK_CALL_H
#define FAAS_CHECK_CALL_H

#include "record.h"

/* Descriptor 1 is a file, which receives everything that the provider writes. */
void call_begin(struct record *record, enum callback callback);
void call_end(struct record *record, bool answers); /* answers: this callback may write to stdout */

#endif

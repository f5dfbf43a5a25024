/*
 * error: fills the error struct that a caller owns.
 */
#ifndef FAAS_CORE_ERROR_H
#define FAAS_CORE_ERROR_H

#include "faas_harness/provider.h"

/* Sets type and a printf-formatted message; what does not fit is cut. Does nothing when error is NULL. */
void faas_error_set(struct faas_error *error, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

/* Resets to "no error": empty type and message. */
void faas_error_clear(struct faas_error *error);

#endif

/*
 * provider_error: fills the error struct that a caller owns.
 */
#ifndef FAAS_PROVIDER_ERROR_H
#define FAAS_PROVIDER_ERROR_H

#include "faas_harness/provider.h"

/* type is "Category.Reason"; the message is formatted from the rest, cut to fit, and made one line of UTF-8 whatever
 * the arguments contain. Does nothing when error is NULL. */
void provider_error_set(struct faas_error *error, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

#endif

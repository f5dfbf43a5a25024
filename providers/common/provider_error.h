/*
 * provider_error: fills the error struct that a caller owns.
 */
#ifndef FAAS_PROVIDER_ERROR_H
#define FAAS_PROVIDER_ERROR_H

#include "faas_harness/provider.h"

/* type is "Category.Reason"; format and what follows make the message: cut to fit, and one line of UTF-8 whatever was
 * put into it. error may be NULL: then nothing happens. */
void provider_error_set(struct faas_error *error, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

#endif

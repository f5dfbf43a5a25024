/*
 * lambda_error: fills the error struct that a caller owns.
 */
#ifndef AWS_LAMBDA_ERROR_H
#define AWS_LAMBDA_ERROR_H

#include "faas_harness/provider.h"

void lambda_error_set(struct faas_error *error, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

#endif

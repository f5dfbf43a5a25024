/*
 * provider_number: reads whole numbers.
 */
#ifndef FAAS_PROVIDER_NUMBER_H
#define FAAS_PROVIDER_NUMBER_H

#include "faas_harness/provider.h"

/* Returns the number in bytes that are 1 to 18 digits, otherwise -1. */
int64_t provider_number(const char *bytes, size_t length);

/* Reads an option, which must have a default. Returns FAAS_OK, or FAAS_ERROR with Provider.BadOption. */
enum faas_result provider_option_number(const struct faas_host *host,
                                        const char *name,
                                        unsigned least,
                                        unsigned most,
                                        unsigned *number,
                                        struct faas_error *error);

#endif

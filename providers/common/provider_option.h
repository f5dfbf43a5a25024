/*
 * provider_option: reads a provider's options.
 */
#ifndef FAAS_PROVIDER_OPTION_H
#define FAAS_PROVIDER_OPTION_H

#include "faas_harness/provider.h"

/* Reads a whole number, which must have a default. Returns FAAS_OK, or FAAS_ERROR with Provider.BadOption. */
enum faas_result provider_option_number(const struct faas_host *host,
                                        const char *name,
                                        unsigned least,
                                        unsigned most,
                                        unsigned *number,
                                        struct faas_error *error);

#endif

/*
 * provider_write: writes a whole answer to a descriptor, blocking or not.
 */
#ifndef FAAS_PROVIDER_WRITE_H
#define FAAS_PROVIDER_WRITE_H

#include "faas_harness/provider.h"

#include <stddef.h>

/* Returns once all of text is written. descriptor stays the caller's; where names it in the error ("stdout"). Returns
 * FAAS_OK, or FAAS_ERROR with Provider.AnswerNotWritten. */
enum faas_result
provider_write_all(int descriptor, const char *where, const char *text, size_t length, struct faas_error *error);

#endif

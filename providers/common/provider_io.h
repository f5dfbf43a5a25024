/*
 * provider_io: reads events from a descriptor and writes answers to one, whether it blocks or not.
 */
#ifndef FAAS_PROVIDER_IO_H
#define FAAS_PROVIDER_IO_H

#include "faas_harness/provider.h"

#include <stddef.h>

/* Waits for bytes. FAAS_OK: *length are there; 0 at the end of the input, which a closed descriptor has reached.
 * FAAS_END: the host was asked to stop. FAAS_ERROR: Provider.EventNotRead. */
enum faas_result provider_read(
   int descriptor, const struct faas_host *host, char *bytes, size_t size, size_t *length, struct faas_error *error);

/* Returns once all of text is written. where names the descriptor in the error ("stdout"). Returns FAAS_OK, or
 * FAAS_ERROR with Provider.AnswerNotWritten. */
enum faas_result
provider_write_all(int descriptor, const char *where, const char *text, size_t length, struct faas_error *error);

struct provider_bytes {
   const char *bytes; /* not NUL-terminated */
   size_t length;
};

/* Writes the parts of a JSON text on one line, with its end. The same errors, and Provider.OutOfMemory. */
enum faas_result provider_write_line(
   int descriptor, const char *where, const struct provider_bytes *parts, size_t count, struct faas_error *error);

#endif

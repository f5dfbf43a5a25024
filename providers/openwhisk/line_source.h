/*
 * line_source: reads lines from a descriptor, one at a time, up to a maximum length.
 */
#ifndef OPENWHISK_LINE_SOURCE_H
#define OPENWHISK_LINE_SOURCE_H

#include "provider_io.h"

#include <stddef.h>

struct line_source;

/* descriptor and host stay the caller's and must outlive the source. Returns NULL when out of memory. */
struct line_source *line_source_new(int descriptor, size_t max_line_bytes, const struct faas_host *host);
void line_source_destroy(struct line_source *source);

/* Waits for the next line. FAAS_OK: line, without its end, is valid until the next call. FAAS_END: the input ended, or
 * the host was asked to stop. FAAS_REJECTED: Event.TooLarge; the line was read to its end. FAAS_ERROR:
 * Provider.EventNotRead or Provider.OutOfMemory. */
enum faas_result line_source_next(struct line_source *source, struct provider_bytes *line, struct faas_error *error);

#endif

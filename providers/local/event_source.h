/*
 * event_source.h: the events of one input: its JSON values, or one empty event if it has none.
 */
#ifndef LOCAL_EVENT_SOURCE_H
#define LOCAL_EVENT_SOURCE_H

#include "json_stream.h"

#include <faas_harness/provider.h>

#include <stddef.h>

/* How many bad values are reported one by one. Each report uses up one of these, and each good event gives one back.
 * Once none is left, further bad values are reported together, before the next good event or the end. So a file that is
 * not JSON at all does not produce millions of lines. */
#define EVENT_SOURCE_PATIENCE 1000u

struct event_source;

/* descriptor and host stay the caller's and must outlive the source. A terminal is never read: nobody who starts the
 * harness by hand should have to type an event. Returns NULL when out of memory. */
struct event_source *event_source_new(int descriptor, size_t max_event_bytes, const struct faas_host *host);
void event_source_destroy(struct event_source *source);

/* Waits for the next event. FAAS_OK: event is valid until the next call. FAAS_END: the input ended, or the host was
 * asked to stop. FAAS_REJECTED: report error to the sender of the events. FAAS_ERROR: Provider.EventNotRead or
 * Provider.OutOfMemory. */
enum faas_result event_source_next(struct event_source *source, struct provider_bytes *event, struct faas_error *error);

#endif

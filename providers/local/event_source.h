/*
 * event_source.h: the events of one input: its JSON values, or one empty event when it has none.
 */
#ifndef LOCAL_EVENT_SOURCE_H
#define LOCAL_EVENT_SOURCE_H

#include "json_stream.h"

#include <faas_harness/provider.h>

#include <stddef.h>

/* Bad values that are told one by one. Each one told uses up one of these and each good event gives one back; the bad
 * ones that come while none is left are told as one, before the next good event or the end. So a file that is no JSON
 * at all is not answered with millions of lines. */
#define EVENT_SOURCE_PATIENCE 1000u

struct event_source;

/* descriptor and host stay the caller's and must outlive the source. A terminal is never read: whoever starts the
 * harness by hand is not made to type an event. NULL: out of memory. */
struct event_source *event_source_new(int descriptor, size_t max_event_bytes, const struct faas_host *host);
void event_source_destroy(struct event_source *source);

/* Waits for the next event. FAAS_OK: event is valid until the next call. FAAS_END: no more come, or the host was asked
 * to stop. FAAS_REJECTED: error is to be told to whoever sends the events. FAAS_ERROR: Provider.EventNotRead or
 * Provider.OutOfMemory. */
enum faas_result event_source_next(struct event_source *source, struct json_text *event, struct faas_error *error);

#endif

/*
 * report_events: the parts of a report that are lists of events.
 */
#ifndef FAAS_CORE_REPORT_EVENTS_H
#define FAAS_CORE_REPORT_EVENTS_H

#include "capture.h"
#include "report_json.h"

/* Adds the members durations and notKept to the open object. */
void report_add_durations(struct json_writer *writer, const struct event_ring *ring);

/* Adds the member events: everything kept, in order of time, with times relative to started_us. */
void report_add_events(struct json_writer *writer, const struct capture_snapshot *snapshot, int64_t started_us);

#endif

/*
 * report_events: the parts of a report that are lists of events.
 */
#ifndef FAAS_CORE_REPORT_EVENTS_H
#define FAAS_CORE_REPORT_EVENTS_H

#include "capture.h"
#include "report_json.h"

/* Members durations and notKept of the object that is open. */
void report_add_durations(struct json_writer *writer, const struct event_ring *ring);

/* Member events of it: everything kept, in order of time, told from started_us. */
void report_add_events(struct json_writer *writer, const struct capture_snapshot *snapshot, int64_t started_us);

#endif

/*
 * results_json: results and timeline as one JSON value, in the form of docs/drill.schema.json. The JSON file is printed
 * from it, and the page is made from it.
 */
#pragma once

#include "results.h"

#include <cjson/cJSON.h>

/* How long the lists may become. From a longer list its beginning, its end and failures are taken. */
struct results_most {
   size_t invocations;
   size_t report_bytes; /* of all reports; three quarters are for those of failed invocations */
   size_t entries;      /* of the timeline */
};

/* timeline and most may be NULL. A member leftOut counts what most left out, and invocations then have their number.
 * Free the value with cJSON_Delete. Returns NULL when out of memory. */
cJSON *results_to_json(const struct drill_results *results, struct timeline *timeline, const struct results_most *most);

/* The same with empty arrays for invocations and timeline, which as JSON may exceed memory; and single elements of
 * those arrays. */
cJSON *results_to_json_frame(const struct drill_results *results);
cJSON *results_json_invocation(const struct drill_invocation *one);
cJSON *results_json_entry(const struct timeline_entry *entry, int64_t origin_us);

/*
 * results_json: results and timeline as one JSON value, in the form of docs/drill.schema.json. The JSON file is printed
 * from it, and the page is made of it.
 */
#ifndef FAAS_DRILL_RESULTS_JSON_H
#define FAAS_DRILL_RESULTS_JSON_H

#include "results.h"

#include <cjson/cJSON.h>

/* How long the lists may become. Of a longer one its beginning, its end and what failed are taken. */
struct results_most {
   size_t invocations;
   size_t reports;
   size_t entries; /* of the timeline */
};

/* timeline and most may be NULL. What most left out is counted in a member leftOut, and invocations then have their
 * number. For cJSON_Delete; NULL when out of memory. */
cJSON *results_to_json(const struct drill_results *results, struct timeline *timeline, const struct results_most *most);

/* The same with empty arrays for invocations and timeline, which may be longer than memory holds as JSON; and their
 * elements. */
cJSON *results_to_json_frame(const struct drill_results *results);
cJSON *results_json_invocation(const struct drill_invocation *one);
cJSON *results_json_entry(const struct timeline_entry *entry, int64_t origin_us);

#endif

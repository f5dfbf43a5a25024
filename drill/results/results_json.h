/*
 * results_json: results and timeline as one JSON value, in the form of docs/drill.schema.json, for the JSON file and
 * the page.
 */
#pragma once

#include "json_writer.h"
#include "results.h"

/* How long the lists may become. From a longer list its beginning, its end and failures are taken. */
struct results_most {
   size_t invocations;
   size_t report_bytes; /* of all reports; three quarters are for those of failed invocations */
   size_t entries;      /* of the timeline */
};

/* timeline and most may be NULL. A member leftOut counts what most left out, and invocations then have their number. */
void results_to_json(struct json_writer *json,
                     const struct drill_results *results,
                     struct timeline *timeline,
                     const struct results_most *most);

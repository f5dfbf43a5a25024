/*
 * results_json: results and timeline as one JSON value, in the form of docs/drill.schema.json. The JSON file is printed
 * from it, and the page is made of it.
 */
#ifndef FAAS_DRILL_RESULTS_JSON_H
#define FAAS_DRILL_RESULTS_JSON_H

#include "results.h"

#include <cjson/cJSON.h>

/* timeline may be NULL. For cJSON_Delete; NULL when out of memory. */
cJSON *results_to_json(const struct drill_results *results, struct timeline *timeline);

#endif

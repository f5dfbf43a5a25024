/*
 * dropped_advice: puts into words which of the settings tried in phase dropped helped.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum dropped_outcome { DROPPED_LOST, DROPPED_SAVED, DROPPED_NOT_TRIED };

struct dropped_setting {
   const char *uri_options; /* NULL for the URI as given */
   enum dropped_outcome outcome;
   double answer_ms; /* from the thaw to the answer, if the function recovered */
};

/* settings[0] is the URI as given, which has been tried. timeout_ms is the function's time limit. Returns false, with
 * text empty, when no setting helps. */
bool dropped_advice(char *text, size_t size, const struct dropped_setting *settings, size_t count, unsigned timeout_ms);

/*
 * dropped_advice: what the settings tried in phase dropped came to, in words.
 */
#ifndef FAAS_DRILL_DROPPED_ADVICE_H
#define FAAS_DRILL_DROPPED_ADVICE_H

#include <stdbool.h>
#include <stddef.h>

enum dropped_outcome { DROPPED_LOST, DROPPED_SAVED, DROPPED_NOT_TRIED };

struct dropped_setting {
   const char *uri_options; /* NULL: the URI as given */
   enum dropped_outcome outcome;
   double answer_ms; /* of one that is saved: from the thaw to the answer */
};

/* The first is the URI as given, which was tried. False when nothing saves it, text then is empty. timeout_ms: what the
 * function has. */
bool dropped_advice(char *text, size_t size, const struct dropped_setting *settings, size_t count, unsigned timeout_ms);

#endif

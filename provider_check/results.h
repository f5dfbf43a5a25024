/*
 * results: what is printed, one line a rule.
 */
#ifndef FAAS_CHECK_RESULTS_H
#define FAAS_CHECK_RESULTS_H

#include "record.h"
#include "settings.h"

/* Returns the number of rules that are broken. */
unsigned results_print(const struct settings *settings, const struct record *record);

/* All rules and scenarios. */
void results_print_list(void);

#endif

/*
 * results: prints one line for each rule.
 */
#ifndef FAAS_CHECK_RESULTS_H
#define FAAS_CHECK_RESULTS_H

#include "record.h"
#include "settings.h"

/* Returns the number of broken rules. */
unsigned results_print(const struct settings *settings, const struct record *record);

/* Prints all rules and scenarios. */
void results_print_list(void);

#endif

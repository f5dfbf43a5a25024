/*
 * child: runs a scenario in a process of its own, with its own stdin and stdout, and reports a crash or a hang.
 */
#ifndef FAAS_CHECK_CHILD_H
#define FAAS_CHECK_CHILD_H

#include "record.h"
#include "scenarios.h"
#include "settings.h"

/* The record holds what the scenario saw, and how the process ended. Returns false, with the record unusable, when no
 * process could be started. SIGCHLD must be blocked. */
bool
child_run(const struct scenario *scenario, unsigned number, const struct settings *settings, struct record *record);

#endif

/*
 * scenarios: the list of everything done with a provider, each in a process of its own. The scenario_… files do it.
 */
#ifndef FAAS_CHECK_SCENARIOS_H
#define FAAS_CHECK_SCENARIOS_H

#include "session.h"

enum scenario_input {
   INPUT_EVENTS, /* the content of --stdin, or --events events; then the end of input */
   INPUT_SILENT, /* nothing comes, and the input does not end */
   INPUT_JUNK    /* bytes that are not events */
};

struct scenario {
   const char *name;
   const char *text;
   enum scenario_input input;
   unsigned sweep_max; /* 0: runs once; else up to this often, with 1, 2, … until the record says swept */
   bool before_open;   /* runs even if the provider does not open */
   void (*run)(struct session *session, unsigned number);
};

/* Ends with an entry whose name is NULL. */
extern const struct scenario scenarios[];

#endif

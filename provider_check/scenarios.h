/*
 * scenarios: the list of what is done with a provider, each in a process of its own. scenario_… do it.
 */
#ifndef FAAS_CHECK_SCENARIOS_H
#define FAAS_CHECK_SCENARIOS_H

#include "session.h"

enum scenario_input {
   INPUT_EVENTS, /* --stdin, or an event for each of --events, then the end */
   INPUT_SILENT, /* nothing comes, and no end */
   INPUT_JUNK    /* no event, but bytes */
};

struct scenario {
   const char *name;
   const char *text;
   enum scenario_input input;
   unsigned sweep_max; /* 0: runs once; else up to so often, with 1, 2, … until the record says that it is swept */
   bool before_open;   /* it needs no provider that opens */
   void (*run)(struct session *session, unsigned number);
};

/* Ends with an entry whose name is NULL. */
extern const struct scenario scenarios[];

#endif

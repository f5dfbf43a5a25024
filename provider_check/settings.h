/*
 * settings: the command line of faas-provider-check, checked, as one struct.
 */
#ifndef FAAS_CHECK_SETTINGS_H
#define FAAS_CHECK_SETTINGS_H

#include "command_line.h"
#include "faas_harness/provider.h"

enum { SETTINGS_OPTIONS_MAX = 32 };

enum settings_action { ACTION_CHECK, ACTION_HELP, ACTION_VERSION, ACTION_LIST };

struct settings {
   enum settings_action action;
   const char *provider; /* name or path */
   struct named_value options[SETTINGS_OPTIONS_MAX];
   size_t option_count;
   const char *input; /* path given with --stdin; NULL: our own events */
   unsigned events;   /* how many events the provider gets in each scenario */
   unsigned wait_ms;  /* how long to wait for an event */
   unsigned limit_ms; /* for a scenario */
   bool verbose;
};

/* Reads argv, and puts --env into the environment at once. On failure, returns false with an error that says what was
 * expected. */
bool settings_init(struct settings *settings, int argc, char **argv, struct faas_error *error);

extern const char settings_help[];

#endif

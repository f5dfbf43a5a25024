/*
 * settings: the command line of faas-provider-check, checked and in one struct.
 */
#ifndef FAAS_CHECK_SETTINGS_H
#define FAAS_CHECK_SETTINGS_H

#include "faas_harness/provider.h"

enum { SETTINGS_OPTIONS_MAX = 32 };

enum settings_action { ACTION_CHECK, ACTION_HELP, ACTION_VERSION, ACTION_LIST };

struct named_value {
   char *name; /* points into the command line */
   char *value;
};

struct settings {
   enum settings_action action;
   const char *provider; /* name or path */
   struct named_value options[SETTINGS_OPTIONS_MAX];
   size_t option_count;
   const char *input; /* path of --stdin; NULL: events of our own */
   unsigned events;   /* that the provider can be given, in every scenario */
   int wait_ms;       /* for an event */
   int limit_ms;      /* of a scenario */
   bool verbose;
};

/* Read argv; --env goes into the environment at once. False with error that says what was expected. */
bool settings_init(struct settings *settings, int argc, char **argv, struct faas_error *error);

extern const char settings_help[];

#endif

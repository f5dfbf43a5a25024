/*
 * options: the command line and the environment, checked, as one struct.
 */
#ifndef FAAS_CORE_OPTIONS_H
#define FAAS_CORE_OPTIONS_H

#include "client.h"
#include "command_line.h"
#include "faas_harness/provider.h"

#define OPTIONS_PROVIDER_MAX 32
#define OPTIONS_TIMEOUT_MAX_MS (24U * 60 * 60 * 1000)

enum options_action { ACTION_RUN, ACTION_HELP, ACTION_VERSION, ACTION_LIST_PROVIDERS, ACTION_DESCRIBE_PROVIDER };
enum options_scenario { SCENARIO_MONGODB, SCENARIO_ECHO };

struct options {
   enum options_action action;
   const char *provider; /* name or path */
   struct named_value provider_options[OPTIONS_PROVIDER_MAX];
   size_t provider_option_count;
   enum options_scenario scenario;
   enum client_mode client_mode;
   char *uri;           /* owned; NULL: not given */
   unsigned timeout_ms; /* 0: no limit of our own */
   unsigned workers;    /* most invocations to have open at once; 0: as many as the provider has */
   bool with_events;
   enum faas_log_level log_level;
   bool log_level_given;
};

/* Reads argv and, for what it does not set, the environment: MONGODB_URI, FAAS_HARNESS_PROVIDER and the like, and the
 * variables that show the platform. A connection string in argv is overwritten with x, because every user of the
 * machine can read a command line. On failure, returns false with an error of type "Harness.BadOption" that says what
 * was expected. */
bool options_init(struct options *options, int argc, char **argv, struct faas_error *error);
void options_clear(struct options *options);

extern const char options_help[];

#endif

/*
 * options: the command line of faas-drill.
 */
#ifndef FAAS_DRILL_OPTIONS_H
#define FAAS_DRILL_OPTIONS_H

#include "connection_limit.h"
#include "error.h"
#include "phase_kinds.h"
#include "platform.h"
#include "sam_template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_STEPS_MAX 64
#define OPTIONS_VARIABLES_MAX 64
#define OPTIONS_MOUNTS_MAX 32
#define OPTIONS_OVERLOAD_RATE_DEFAULT 5
#define OPTIONS_INSTANCES_DEFAULT 20
#define OPTIONS_OUTPUT_DEFAULT "faas-drill-results"

/* frozen*100: a phase of 100 invocations. */
struct step {
   const struct phase_kind *kind;
   unsigned times;
};

enum options_action {
   ACTION_DRILL,
   ACTION_HELP,
   ACTION_VERSION,
};

struct options {
   enum options_action action;
   const char *package;           /* with a template, its function's */
   const char *logical_id;        /* of the function in a template; NULL: its only one */
   struct sam_template template;  /* zero without one */
   char *uri;                     /* of the user's own deployment; NULL: emulated */
   char *uri_options;             /* for the function's URI, "name=value&name=value"; NULL: none */
   const char *uri_variable;      /* the function's, for its URI */
   const char *uri_file_variable; /* for the path of a file with it; NULL: none */
   const char *outage_command;
   const char *server; /* HOST:PORT */
   const char *server_command;
   bool embedded; /* server_command is none of the user's: it starts the embedded server, as no database was given */
   const char *client; /* "pool", "single", or NULL */
   const struct platform *platform;
   const char *command; /* for /bin/sh, that starts the function; NULL: the platform's own file does */
   const char *request; /* "GET /items" for a function that is a server; NULL: the platform's own */
   const char *handler; /* MODULE.FUNCTION; NULL: the package has a bootstrap */
   const char *output;  /* folder */
   const char *expect;  /* file of known failures, or NULL */
   char *variables[OPTIONS_VARIABLES_MAX]; /* NAME=VALUE for the function */
   size_t variable_count;
   const char *mounts[OPTIONS_MOUNTS_MAX + 1]; /* paths to show to the function; NULL at the end */
   size_t mount_count;
   struct step steps[OPTIONS_STEPS_MAX];
   size_t step_count;
   bool all_phases; /* the steps are all that the platform has */
   unsigned repeat;
   unsigned instances;
   struct connection_limit connection_limit; /* of each member in phase storm */
   unsigned overload_rate;                   /* commands a second that each admits in phase overload */
   unsigned base_backoff_ms;                 /* baseBackoffMS in its errors; 0: none */
   unsigned concurrency;                     /* invocations that a process has at once; 0 until it is known */
   unsigned freeze_ms;
   unsigned timeout_ms;
   unsigned outage_timeout_ms;
   unsigned memory_mb;
   unsigned round_trip_ms; /* of the emulated replica set; 0: none */
   bool secure;            /* the emulated replica set speaks TLS and has a user */
   bool srv;               /* and is found by DNS */
   bool quiet;
};

void options_help_print(void);

/* In the phase that has most: --instances, or what a phase that takes them has by itself. */
unsigned options_functions_at_once(const struct options *options);

/* Reads a SAM template where the package is one or has one. Points into argv but for the URI, its options and the
 * variables, which are copied and overwritten there: they may hold passwords. False with error set. */
bool options_init(struct options *options, int argc, char **argv, struct drill_error *error);
void options_clear(struct options *options);

#endif

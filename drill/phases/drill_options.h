/*
 * drill_options: what the user asked of a drill, as read from the command line.
 */
#pragma once

#include "deployment.h"
#include "phase_kinds.h"
#include "platform.h"
#include "sam_template.h"

#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_STEPS_MAX 64
#define OPTIONS_VARIABLES_MAX 64
#define OPTIONS_MOUNTS_MAX 32
#define OPTIONS_INSTANCES_DEFAULT 20

/* One step of --phases: frozen*100 is a phase of 100 invocations. */
struct step {
   const struct phase_kind *kind;
   unsigned times;
};

/* --connection-limit, a number or an Atlas cluster tier. */
struct connection_limit {
   const char *tier;  /* "M10"; NULL if a number was given */
   unsigned per_node; /* as Atlas documents it */
   unsigned usable;   /* without the connections that Atlas reserves */
};

enum options_action {
   ACTION_DRILL,
   ACTION_HELP,
   ACTION_VERSION,
};

struct options {
   enum options_action action;
   const char *package;          /* with a template, its function's package */
   const char *logical_id;       /* of the function in a template; NULL if it has only one */
   struct sam_template template; /* zeroed if there is none */
   struct deployment_settings database;
   const char *uri_variable; /* the function's variable for its URI */
   const char *client;       /* "pool", "single", or NULL */
   const struct platform *platform;
   const char *command; /* shell command that starts the function; NULL to use the platform's own file */
   const char *request; /* "GET /items" for a function that is a server; NULL for the platform's own request */
   const char *handler; /* MODULE.FUNCTION; NULL if the package has a bootstrap */
   const char *output;  /* results folder */
   const char *expect;  /* file of known failures; NULL if none */
   char *variables[OPTIONS_VARIABLES_MAX]; /* NAME=VALUE for the function */
   size_t variable_count;
   const char *mounts[OPTIONS_MOUNTS_MAX + 1]; /* paths shown to the function; ends with NULL */
   size_t mount_count;
   struct step steps[OPTIONS_STEPS_MAX];
   size_t step_count;
   bool all_phases; /* the steps are all phases of the platform */
   unsigned repeat;
   unsigned instances;
   struct connection_limit connection_limit; /* of each member, in phase storm */
   unsigned connection_rate;                 /* new ones a second that each member lets in there; 0: no limit */
   unsigned connection_queue;                /* how many beyond that rate may wait */
   unsigned overload_rate;                   /* commands per second that each member admits in phase overload */
   unsigned base_backoff_ms;                 /* baseBackoffMS in the overload errors; 0 for none */
   unsigned concurrency;                     /* invocations that a process handles at once; 0 until known */
   unsigned freeze_ms;
   unsigned timeout_ms;
   unsigned memory_mb;
   bool quiet;
};

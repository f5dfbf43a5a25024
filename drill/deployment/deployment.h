/*
 * deployment: the database of a drill: a server behind the front, or the user's own deployment with an outage command.
 */
#pragma once

#include "error.h"
#include "front.h"
#include "guard.h"
#include "interruption.h"
#include "secret_file.h"
#include "timeline.h"

#include <stdbool.h>

/* What the user asked for. */
struct deployment_settings {
   char *uri;                     /* of the user's own deployment; NULL if emulated */
   char *uri_options;             /* for the function's URI, "name=value&name=value"; NULL if none */
   const char *uri_file_variable; /* the function's variable for the path of a file with the URI; NULL if none */
   const char *outage_command;    /* NULL if none */
   unsigned outage_timeout_ms;
   const char *server;         /* HOST:PORT; NULL to start server_command */
   const char *server_command; /* started by sh */
   bool embedded;              /* server_command is the drill's own, not the user's */
   bool secure;                /* the emulated replica set uses TLS and has a user */
   bool srv;                   /* and is found by DNS */
   unsigned round_trip_ms;     /* of the emulated replica set; 0 for none */
};

/* All that it points to must outlive the deployment. */
struct deployment_parts {
   const struct deployment_settings *settings;
   const char *folder; /* for the server's data and log */
   struct timeline *timeline;
   struct witness *witness;
   struct guard *guard;
   struct interruption *interruption;
};

struct deployment;

/* Starts the server if the drill needs one, and waits until it answers. Returns NULL with error set. */
struct deployment *deployment_new(const struct deployment_parts *parts, struct drill_error *error);
void deployment_destroy(struct deployment *deployment);

/* Holds credentials: give it to the function only. */
const char *deployment_uri(const struct deployment *deployment);

/* Path of the certificate that the function must be able to read; NULL if it needs none. */
const char *deployment_authority_file(const struct deployment *deployment);

/* The file that also holds the function's URI; zeroed if none was asked for. */
const struct secret_file *deployment_secret_file(const struct deployment *deployment);

/* Text of the function's /etc/resolv.conf; NULL to use this machine's. */
const char *deployment_resolver(const struct deployment *deployment);

/* Sets the round trip of the emulated replica set; 0 for none. */
void deployment_round_trip(struct deployment *deployment, unsigned round_trip_ms);

/* For people: "emulated: ...", or the user's URI without credentials and options. */
const char *deployment_description(const struct deployment *deployment);

/* NULL for the user's own deployment, where nothing is emulated. */
struct front *deployment_front(const struct deployment *deployment);

/* Gives the emulated set's user another password, which goes into the URI of later functions and into the secret
 * file. */
int deployment_new_password(struct deployment *deployment, struct drill_error *error);

/* Gives all members of the emulated set other addresses, which go into the URI of later functions. kept: see
 * front_move. */
int deployment_move(struct deployment *deployment, int kept, struct drill_error *error);

/* True if the deployment can be made to lose its primary. */
bool deployment_can_fail_over(const struct deployment *deployment);

/* Makes the front lose its primary, or runs the outage command to its end. */
int deployment_lose_primary(struct deployment *deployment, struct drill_error *error);

/* Waits for a new primary. Does nothing for the user's own deployment, because its command has ended by then. */
int deployment_await_primary(struct deployment *deployment, struct drill_error *error);

/* Starts the lost member again, as a secondary. Does nothing for the user's own deployment. */
int deployment_recover(struct deployment *deployment, struct drill_error *error);

/* Returns -1 with error set if the server that the drill started has ended, or if nothing listens at --server any more:
 * then a failure need not be the driver's fault. Does not check the user's own deployment. when: "in phase frozen". */
int deployment_check_server(struct deployment *deployment, const char *when, struct drill_error *error);

/* Resident memory of the server that the drill started; below 0 if unknown. */
double deployment_server_mb(struct deployment *deployment);

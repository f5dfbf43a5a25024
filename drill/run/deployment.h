/*
 * deployment: the database of a drill: a server behind the front, or the user's own with an outage command.
 */
#ifndef FAAS_DRILL_DEPLOYMENT_H
#define FAAS_DRILL_DEPLOYMENT_H

#include "error.h"
#include "front.h"
#include "guard.h"
#include "interruption.h"
#include "options.h"
#include "secret_file.h"
#include "timeline.h"

#include <stdbool.h>

/* What outlives the deployment and belongs to the drill. */
struct deployment_parts {
   const struct options *options;
   const char *folder; /* for the server's data and log */
   struct timeline *timeline;
   struct witness *witness;
   struct guard *guard;
   struct interruption *interruption;
};

struct deployment;

/* Starts the server if it is to, and waits for it to answer. NULL with error set. */
struct deployment *deployment_new(const struct deployment_parts *parts, struct drill_error *error);
void deployment_destroy(struct deployment *deployment);

/* With credentials: only for the function. */
const char *deployment_uri(const struct deployment *deployment);

/* The certificate that the function needs to see; NULL: none. */
const char *deployment_authority_file(const struct deployment *deployment);

/* What has the function's URI besides; zero: it was not asked for. */
const struct secret_file *deployment_secret_file(const struct deployment *deployment);

/* Text of the function's /etc/resolv.conf; NULL: this machine's. */
const char *deployment_resolver(const struct deployment *deployment);

/* Of the emulated replica set; 0: none. */
void deployment_round_trip(struct deployment *deployment, unsigned round_trip_ms);

/* For people: "emulated: …", or the user's URI without credentials and options. */
const char *deployment_description(const struct deployment *deployment);

/* NULL: the user's own, nothing is emulated. */
struct front *deployment_front(const struct deployment *deployment);

/* The emulated set's user has another password from now on, which is in the URI of later functions and in the secret
 * file. */
int deployment_new_password(struct deployment *deployment, struct drill_error *error);

/* All members of the emulated set have other addresses from now on, which are in the URI of later functions; kept as of
 * front_move. */
int deployment_move(struct deployment *deployment, int kept, struct drill_error *error);

/* Whether it can be made to lose its primary. */
bool deployment_can_fail_over(const struct deployment *deployment);

/* Lose the primary, or run the command to its end. */
int deployment_lose_primary(struct deployment *deployment, struct drill_error *error);

/* Wait until there is one again. Nothing to do for the user's own: the command has ended. */
int deployment_await_primary(struct deployment *deployment, struct drill_error *error);

/* The member that was lost is up again, as a secondary. Nothing to do for the user's own. */
int deployment_recover(struct deployment *deployment, struct drill_error *error);

/* when: "in phase frozen". -1 with error set when the server that the drill has started has ended, or nothing listens
 * at
 * --server any more: whatever failed since, it need not be the driver. The user's own set is not asked. */
int deployment_check_server(struct deployment *deployment, const char *when, struct drill_error *error);

/* Resident memory of the server the drill has started; below 0: not known. */
double deployment_server_mb(struct deployment *deployment);

#endif

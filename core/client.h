/*
 * client: the driver under test, one client of it for all lanes, kept for the life of the process.
 */
#ifndef FAAS_CORE_CLIENT_H
#define FAAS_CORE_CLIENT_H

#include "capture.h"
#include "faas_harness/provider.h"
#include "redact.h"

#include <mongoc/mongoc.h>

/* A pool is what an application with threads uses, and the only kind that can stream. */
enum client_mode { CLIENT_POOL, CLIENT_SINGLE };

const char *client_mode_name(enum client_mode mode);

/* The version of the library that runs, which need not be the one compiled against. */
const char *driver_version(void);
bool driver_version_at_least(int major, int minor);

/* Initialise the driver, its log going to ours. It reads the environment here and never again. */
void driver_init(void);
void driver_cleanup(void);

struct client;

/* Make a client of uri for that many lanes: one pool, or a single-threaded client for each. Its events go to capture,
 * not owned. NULL with error when uri is malformed, with type "Harness.BadUri". The redactor, not owned, may be NULL;
 * it is applied to the driver's texts. */
struct client *client_new(enum client_mode mode,
                          const char *uri,
                          unsigned lanes,
                          struct capture *capture,
                          const struct redactor *redactor,
                          struct faas_error *error);
void client_destroy(struct client *client);

/* The driver's own client, for the lane's thread until it is given back. A pool may let it wait for one. */
mongoc_client_t *client_take(struct client *client, const struct lane *lane);
void client_give_back(struct client *client, mongoc_client_t *taken);

/* Hosts and database of the connection string, without credentials and options; valid as long as the client. */
const char *client_shown_uri(const struct client *client);

/* That the connection string asks for; empty: none. Valid as long as the client. */
const char *client_replica_set(const struct client *client);

enum client_mode client_mode(const struct client *client);

/* Takes secrets out of a text of the driver's, before it is cut or becomes a part of another. */
void client_redact(const struct client *client, char *text);

#endif

/*
 * client: the driver under test: one pool, or one single-threaded client for each lane, kept for the life of the
 * process.
 */
#ifndef FAAS_CORE_CLIENT_H
#define FAAS_CORE_CLIENT_H

#include "capture.h"
#include "faas_harness/provider.h"
#include "redact.h"

#include <mongoc/mongoc.h>

/* A pool is what multi-threaded applications use, and the only kind that can stream. */
enum client_mode { CLIENT_POOL, CLIENT_SINGLE };

const char *client_mode_name(enum client_mode mode);

/* The version of the library that runs, which may differ from the one compiled against. */
const char *driver_version(void);
bool driver_version_at_least(int major, int minor);

/* Initialises the driver and sends its log to ours. The driver reads the environment here and never again. */
void driver_init(void);
void driver_cleanup(void);

struct client;

/* Creates clients of uri for this many lanes: one pool, or a single-threaded client for each lane. Their events go to
 * capture, which is not owned. Returns NULL and fills error when uri is malformed ("Harness.BadUri"). The redactor, not
 * owned, may be NULL; it is applied to the driver's texts. */
struct client *client_new(enum client_mode mode,
                          const char *uri,
                          unsigned lanes,
                          struct capture *capture,
                          const struct redactor *redactor,
                          struct faas_error *error);
void client_destroy(struct client *client);

/* Returns a client of the driver for the lane's thread, until it is given back. With a pool, this may wait for one. */
mongoc_client_t *client_take(struct client *client, const struct lane *lane);
void client_give_back(struct client *client, mongoc_client_t *taken);

/* Hosts and database of the connection string, without credentials and options. Valid as long as the client. */
const char *client_shown_uri(const struct client *client);

/* The replica set that the connection string asks for; empty: none. Valid as long as the client. */
const char *client_replica_set(const struct client *client);

enum client_mode client_mode(const struct client *client);

/* Removes secrets from one of the driver's texts. Call it before the text is cut or joined to another. */
void client_redact(const struct client *client, char *text);

#endif

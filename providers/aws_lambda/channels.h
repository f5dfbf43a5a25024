/*
 * channels: the connections to the Runtime API, one for each open invocation: a single one, or on Lambda Managed
 * Instances as many as an environment may have invocations open (AWS_LAMBDA_MAX_CONCURRENCY).
 *
 * Thread-safe.
 */
#ifndef AWS_LAMBDA_CHANNELS_H
#define AWS_LAMBDA_CHANNELS_H

#include "event_shape.h"
#include "runtime_api.h"

#include <pthread.h>

/* The host's own limit; it asks for no more. */
#define CHANNELS_MAX 64

/* A connection, and the invocation that arrived over it. Fields not guarded by the lock belong to the channel's user,
 * from take to give_back. */
struct channel {
   struct runtime_api *api;
   struct runtime_api_event event;
   enum event_shape shape;
   struct faas_attribute attributes[NEXT_ATTRIBUTE_COUNT];
   bool in_use;                          /* guarded by the lock, as are the next two */
   pthread_t user;                       /* the thread that took it */
   char request_id[NEXT_HEADERS_ID_MAX]; /* for the log; empty: none */
};

struct channels {
   pthread_mutex_t lock;
   struct channel list[CHANNELS_MAX];
   unsigned count;
};

/* Reads the number of channels from the variable's value, which may be NULL. Returns false and fills error when it is
 * not a number. */
bool channels_count(const char *max_concurrency, unsigned *count, struct faas_error *error);

/* Returns false and fills error on failure; call channels_clear in either case. */
bool channels_init(
   struct channels *channels, unsigned count, const char *host_and_port, int stop_descriptor, struct faas_error *error);
void channels_clear(struct channels *channels);

/* Returns a channel that nobody uses; NULL with error when there is none. */
struct channel *channels_take(struct channels *channels, struct faas_error *error);
void channels_give_back(struct channels *channels, struct channel *channel);

/* Records the id of the invocation that arrived over the channel. */
void channels_set_request_id(struct channels *channels, struct channel *channel, const char *id);

/* Finds the request id of the invocation that the calling thread works on: with one channel that is its invocation for
 * any thread, with several only for the thread that took it. Empty: none. */
void channels_find_request_id(struct channels *channels, char id[NEXT_HEADERS_ID_MAX]);

#endif

/*
 * channels: the connections to the Runtime API, each for an invocation of its own: one, or on Lambda Managed Instances
 * as many as an environment has invocations open (AWS_LAMBDA_MAX_CONCURRENCY).
 *
 * Any thread may call any of these.
 */
#ifndef AWS_LAMBDA_CHANNELS_H
#define AWS_LAMBDA_CHANNELS_H

#include "event_shape.h"
#include "runtime_api.h"

#include <pthread.h>

/* As many as the host takes; more are not asked for. */
#define CHANNELS_MAX 64

/* One connection, and the invocation that came over it. All but what has a lock is its user's, from take to give_back.
 */
struct channel {
   struct runtime_api *api;
   struct runtime_api_event event;
   enum event_shape shape;
   struct faas_attribute attributes[NEXT_ATTRIBUTE_COUNT];
   bool in_use;                          /* with the lock, as the next two */
   pthread_t user;                       /* who took it */
   char request_id[NEXT_HEADERS_ID_MAX]; /* for the log; empty: none */
};

struct channels {
   pthread_mutex_t lock;
   struct channel list[CHANNELS_MAX];
   unsigned count;
};

/* How many, from the variable's value, which may be NULL. False with error when it is no number. */
bool channels_count(const char *max_concurrency, unsigned *count, struct faas_error *error);

/* False with error; to be cleared all the same. */
bool channels_init(
   struct channels *channels, unsigned count, const char *host_and_port, int stop_descriptor, struct faas_error *error);
void channels_clear(struct channels *channels);

/* One that nobody uses; NULL with error when there is none. */
struct channel *channels_take(struct channels *channels, struct faas_error *error);
void channels_give_back(struct channels *channels, struct channel *channel);

/* Of the invocation that came over it. */
void channels_set_request_id(struct channels *channels, struct channel *channel, const char *id);

/* That of the invocation for which the calling thread speaks: with one channel any does, with several only its user.
 * Empty: none. */
void channels_find_request_id(struct channels *channels, char id[NEXT_HEADERS_ID_MAX]);

#endif

/*
 * limit: how many connections a member accepts, and at which rate it accepts connections or commands. Runs with the
 * front's lock held.
 */
#pragma once

#include "front.h"

#include <sys/types.h>

#define LIMIT_CLIENTS_MAX 256

/* The refused attempts of one client. */
struct limit_client {
   uid_t user;
   int64_t first_second;
   int64_t second; /* of the newest attempt */
   unsigned now;   /* attempts in that second */
   unsigned before;
};

/* Like net.maxIncomingConnections of mongod: a connection beyond the limit is accepted and closed at once. */
struct limit {
   unsigned most; /* connections of each member; 0: no limit */
   int64_t since_us;
   struct front_limited told;
   int owner_fd; /* -1: clients are not distinguished */
   struct limit_client clients[LIMIT_CLIENTS_MAX];
};

/* Sets the limit from now on, and forgets earlier refusals. */
void limit_set(struct limit *limit, unsigned most);

/* Whether member, which listens on port, must close the connection that it has just accepted. If so, counts it as
 * refused. */
bool limit_refuses(struct limit *limit, unsigned member, uint16_t port, uint16_t client_port);

/* Counts a connection that a member refuses, for whatever reason. */
void limit_count_refused(struct limit *limit, uint16_t port, uint16_t client_port);

/* Counts one more refused attempt by that user. second: seconds since the limit was set. */
void limit_count_client(struct limit *limit, uid_t user, int64_t second);

/* A member's rate limiter, a token bucket, for new connections (ingress connection establishment) or commands (ingress
 * request admission): what it admits at once, what later, and what it refuses. */
struct pace {
   unsigned per_second; /* of each member; 0: admits all */
   unsigned queue;      /* how many may wait, of each member */
   double tokens[FRONT_MEMBERS];
   int64_t filled_us[FRONT_MEMBERS];
};

/* Sets the rate from now on. There is a second's worth of tokens at once. */
void pace_set(struct pace *pace, unsigned per_second, unsigned queue, int64_t now_us);

/* Returns whether the member refuses one more while that many wait already. Otherwise sets *wait_us to how long it must
 * wait; 0: not at all. */
bool pace_refuses(struct pace *pace, unsigned member, unsigned waiting, int64_t now_us, int64_t *wait_us);

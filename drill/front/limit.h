/*
 * limit: how many connections a member accepts, like net.maxIncomingConnections of mongod: one beyond the limit is
 * accepted and closed at once. Runs with the front's lock held.
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

/* Counts one more refused attempt of that user. second: since the limit was set. */
void limit_count_client(struct limit *limit, uid_t user, int64_t second);

/*
 * limit: how many connections a member takes, as net.maxIncomingConnections of mongod: one beyond is accepted and
 * closed at once. Runs with the front's lock held. Stands on owner.
 */
#ifndef FAAS_DRILL_FRONT_LIMIT_H
#define FAAS_DRILL_FRONT_LIMIT_H

#include "front.h"

#include <sys/types.h>

#define LIMIT_CLIENTS_MAX 256

/* Attempts of one client that were refused. */
struct limit_client {
   uid_t user;
   int64_t first_second;
   int64_t second; /* of the newest */
   unsigned now;   /* in that second */
   unsigned before;
};

struct limit {
   unsigned most; /* of each member; 0: no limit */
   int64_t since_us;
   struct front_limited told;
   int owner_fd; /* -1: clients are not told apart */
   struct limit_client clients[LIMIT_CLIENTS_MAX];
};

/* Opens and closes what clients are told apart by. */
void limit_init(struct limit *limit);
void limit_clear(struct limit *limit);

/* From now on; forgets what was refused before. */
void limit_set(struct limit *limit, unsigned most);

/* Whether member, whose port is that, closes the connection that it has just accepted; counts it then. */
bool limit_refuses(struct limit *limit, unsigned member, uint16_t port, uint16_t client_port);

/* One more attempt of that user, in a second since the limit was set. */
void limit_count_client(struct limit *limit, uid_t user, int64_t second);

void limit_opened(struct limit *limit, unsigned member);
void limit_closed(struct limit *limit, unsigned member);

#endif

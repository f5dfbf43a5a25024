/*
 * limit: how many connections a member takes, as net.maxIncomingConnections of mongod: one beyond is accepted and
 * closed at once. Runs with the front's lock held. Stands on nothing.
 */
#ifndef FAAS_DRILL_FRONT_LIMIT_H
#define FAAS_DRILL_FRONT_LIMIT_H

#include "front.h"

struct limit {
   unsigned most; /* of each member; 0: no limit */
   int64_t since_us;
   struct front_limited told;
};

/* From now on; forgets what was refused before. */
void limit_set(struct limit *limit, unsigned most);

/* Whether member closes the connection that it has just accepted; counts it then. */
bool limit_refuses(struct limit *limit, unsigned member);

void limit_opened(struct limit *limit, unsigned member);
void limit_closed(struct limit *limit, unsigned member);

#endif

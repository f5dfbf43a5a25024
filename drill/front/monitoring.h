/*
 * monitoring: hello answered by the front: at once, when there is news (awaitable), or again and again (exhaust).
 * Stands on connection.
 */
#ifndef FAAS_DRILL_MONITORING_H
#define FAAS_DRILL_MONITORING_H

#include "connection.h"

/* The hello in connection->request waits from now on; it is answered at once when it knows less than was told. */
void monitoring_begin(struct connection *connection);

/* The view of those who wait has changed, or the member is thawed. */
void monitoring_told(struct front_set *set, const struct member *member);

/* The one that waits is answered now; an exhaust one waits on. */
void monitoring_answer(struct connection *connection);

/* Answers connection->request; returns the request id of the reply. body: of the request; NULL: it asks about no users.
 */
int32_t
monitoring_reply(struct connection *connection, const struct hello_view *view, const bson_t *body, uint32_t flags);

#endif

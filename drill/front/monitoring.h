/*
 * monitoring: hellos that the front answers itself: at once, when there is news (awaitable), or again and again
 * (exhaust).
 */
#ifndef FAAS_DRILL_MONITORING_H
#define FAAS_DRILL_MONITORING_H

#include "connection.h"

/* Makes the hello in connection->request wait for news. Answers it at once when the client knows less than the member
 * tells by now. */
void monitoring_begin(struct connection *connection);

/* Answers the waiting hellos of member, after what they are told has changed or the member was thawed. */
void monitoring_told(struct front_set *set, const struct member *member);

/* Answers the waiting hello now. An exhaust hello waits again after that. */
void monitoring_answer(struct connection *connection);

/* Answers connection->request, and returns the request id of the reply. body: the request's, for what it asks about
 * users; NULL: nothing. */
int32_t
monitoring_reply(struct connection *connection, const struct hello_view *view, const bson_t *body, uint32_t flags);

#endif

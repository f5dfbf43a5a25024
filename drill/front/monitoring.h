/*
 * monitoring: hellos that the front answers itself: at once, when something changes (awaitable), or again and again
 * (exhaust).
 */
#pragma once

#include "connection.h"

/* Makes the hello in connection->request wait for a change. Answers it at once if the client does not have the newest
 * view. */
void monitoring_begin(struct connection *connection);

/* Answers the waiting hellos of member, after its view has changed or it was thawed. */
void monitoring_told(struct front_set *set, const struct member *member);

/* Answers the waiting hello now. An exhaust hello waits again afterwards. */
void monitoring_answer(struct connection *connection);

/* Answers connection->request, and returns the request id of the reply. server_reply: the server's, now or at the
 * start; body: the request's, for its questions about users; NULL: none. */
int32_t monitoring_reply(struct connection *connection,
                         const bson_t *server_reply,
                         const struct hello_view *view,
                         const bson_t *body,
                         uint32_t flags);

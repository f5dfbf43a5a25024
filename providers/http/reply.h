/*
 * reply: what the server sends, with the headers that its status and the event's envelope ask for. On libmicrohttpd's
 * thread.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "platform.h"

#include <microhttpd.h>
#include <stddef.h>

/* Why a request is refused with that status: a JSON text. */
const char *reply_refusal(unsigned status);

/* text is a literal. */
enum MHD_Result reply_text(struct MHD_Connection *connection, unsigned status, const char *text);

/* *answer, from malloc, is the reply's from now on, and NULL; out of memory it is the caller's still. */
enum MHD_Result reply_answer(
   struct MHD_Connection *connection, unsigned status, char **answer, size_t length, const struct event *event);

#endif

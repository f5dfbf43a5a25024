/*
 * reply: what the server sends, with the headers that the status and the event's envelope require. Runs on
 * libmicrohttpd's thread.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "platform.h"

#include <microhttpd.h>
#include <stddef.h>

/* Why a request is refused with this status, as a JSON text. */
const char *reply_refusal(unsigned status);

/* text must be a literal. */
enum MHD_Result reply_text(struct MHD_Connection *connection, unsigned status, const char *text);

/* Takes *answer, which comes from malloc, and sets it to NULL; when out of memory it stays the caller's. */
enum MHD_Result reply_answer(
   struct MHD_Connection *connection, unsigned status, char **answer, size_t length, const struct event *event);

#endif

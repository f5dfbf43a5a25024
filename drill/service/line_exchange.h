/*
 * line_exchange: one line to a function's stdin, and one from its descriptor 3, while its process is watched.
 */
#ifndef FAAS_DRILL_LINE_EXCHANGE_H
#define FAAS_DRILL_LINE_EXCHANGE_H

#include "service_kind.h"
#include "service_watch.h"

/* The host's ends; -1: closed. */
struct line_channel {
   int to_function; /* does not block */
   int from_function;
   char *rest; /* what came behind a line */
   size_t rest_length;
};

/* *input and *output are the function's ends, which the caller closes. -1 with errno set. */
int line_channel_open(struct line_channel *channel, int *input, int *answers);
void line_channel_close(struct line_channel *channel);

/* text NULL: only waits for a line. Fills answer where it returns SERVICE_ANSWERED; its text is the caller's. */
enum service_end line_exchange(struct line_channel *channel,
                               const char *text,
                               size_t length,
                               struct service_watch *watch,
                               struct service_answer *answer);

#endif

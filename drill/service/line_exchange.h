/*
 * line_exchange: writes one line to a function's stdin and reads one from its descriptor 3, while watching its process.
 */
#pragma once

#include "service_kind.h"
#include "service_watch.h"

/* The host's ends; -1 if closed. */
struct line_channel {
   int to_function; /* non-blocking */
   int from_function;
   char *rest; /* what came after a line */
   size_t rest_length;
};

/* *input and *answers are the function's ends, which the caller closes. Returns -1 with errno set. */
int line_channel_open(struct line_channel *channel, int *input, int *answers);
void line_channel_close(struct line_channel *channel);

/* With text NULL it only waits for a line. Fills in answer when it returns SERVICE_ANSWERED; the caller owns answer's
 * text. */
enum service_end line_exchange(struct line_channel *channel,
                               const char *text,
                               size_t length,
                               struct service_watch *watch,
                               struct service_answer *answer);

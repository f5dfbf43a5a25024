/*
 * http_exchange: one HTTP request to a function and its answer, while its process is watched.
 */
#ifndef FAAS_DRILL_HTTP_EXCHANGE_H
#define FAAS_DRILL_HTTP_EXCHANGE_H

#include "http_request.h"
#include "service_kind.h"
#include "service_watch.h"

/* Once, before any thread exchanges anything. False when libcurl does not work. */
bool http_exchange_start(void);

/* Fills answer where it returns SERVICE_ANSWERED; its text is the caller's. Thread-safe. */
enum service_end http_exchange(const struct service_place *place,
                               const struct http_request *request,
                               struct service_watch *watch,
                               struct service_answer *answer);

/* Waits until the function takes connections: SERVICE_ANSWERED then. */
enum service_end http_exchange_await_listener(const struct service_place *place, struct service_watch *watch);

#endif

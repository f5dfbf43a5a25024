/*
 * http_exchange: sends one HTTP request to a function and takes its answer, while watching its process.
 */
#pragma once

#include "http_request.h"
#include "service_kind.h"
#include "service_watch.h"

/* Call once, before any thread exchanges anything. Returns false when libcurl does not work. */
bool http_exchange_start(void);

/* Fills in answer when it returns SERVICE_ANSWERED; the caller owns answer's text. Thread-safe. */
enum service_end http_exchange(const struct service_place *place,
                               const struct http_request *request,
                               struct service_watch *watch,
                               struct service_answer *answer);

/* Waits until the function accepts connections, and then returns SERVICE_ANSWERED. */
enum service_end http_exchange_await_listener(const struct service_place *place, struct service_watch *watch);

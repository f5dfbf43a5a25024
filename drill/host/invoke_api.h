/*
 * invoke_api: Lambda's Invoke, as AWS's emulator serves it, for one execution environment: events run one after
 * another. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
#pragma once

#include "environment.h"
#include "error.h"

struct invoke_api;

/* Listens on 127.0.0.1; port 0 means any free one. Returns NULL with error set when the port is taken. The host's own
 * messages go to log. */
struct invoke_api *
invoke_api_new(struct environment *environment, unsigned short port, FILE *log, struct drill_error *error);

/* Interrupts the environment, and waits until nobody uses it any more. Allows NULL. */
void invoke_api_destroy(struct invoke_api *api);

unsigned invoke_api_port(const struct invoke_api *api);

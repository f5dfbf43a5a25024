/*
 * invoke_api: Lambda's Invoke, as AWS's emulator serves it, for one execution environment: events come one after the
 * other. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
#ifndef FAAS_DRILL_INVOKE_API_H
#define FAAS_DRILL_INVOKE_API_H

#include "environment.h"
#include "error.h"

struct invoke_api;

/* On 127.0.0.1; port 0: any. NULL with error set when the port is taken. What the host has to say goes to log. */
struct invoke_api *
invoke_api_new(struct environment *environment, unsigned short port, FILE *log, struct drill_error *error);

/* Interrupts the environment, and waits until nobody uses it any more. Takes NULL. */
void invoke_api_destroy(struct invoke_api *api);

unsigned invoke_api_port(const struct invoke_api *api);

#endif

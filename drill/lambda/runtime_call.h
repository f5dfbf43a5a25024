/*
 * runtime_call: a request to the Runtime API together with its connection, which is suspended while it waits.
 */
#pragma once

#include "runtime_request.h"

#include <microhttpd.h>

/* Zeroed if there is none. */
struct runtime_call {
   struct MHD_Connection *connection;
   struct runtime_request *request;
};

struct runtime_call runtime_call_suspend(struct MHD_Connection *connection, struct runtime_request *request);

/* Does nothing if there is none; afterwards there is none. */
void runtime_call_resume(struct runtime_call *call);

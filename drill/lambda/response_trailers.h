/*
 * response_trailers: the end of a streaming response. A function that fails when part of it is already on its way says
 * so in the trailers of its last chunk.
 */
#ifndef FAAS_DRILL_RESPONSE_TRAILERS_H
#define FAAS_DRILL_RESPONSE_TRAILERS_H

#include "runtime_request.h"

#include <microhttpd.h>

/* Of a whole request. True when they tell of an error: then type is set, and the request's body is the error, in place
 * of what was sent until then. */
bool
response_trailers_take(struct MHD_Connection *connection, struct runtime_request *request, char *type, size_t size);

#endif

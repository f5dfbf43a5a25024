/*
 * response_trailers: the end of a streaming response. A function that fails after it has sent part of the response says
 * so in the trailers of its last chunk.
 */
#ifndef FAAS_DRILL_RESPONSE_TRAILERS_H
#define FAAS_DRILL_RESPONSE_TRAILERS_H

#include "runtime_request.h"

#include <microhttpd.h>

/* For a whole request. Returns true when its trailers report an error: then type is set, and the error replaces the
 * request's body. */
bool
response_trailers_take(struct MHD_Connection *connection, struct runtime_request *request, char *type, size_t size);

#endif

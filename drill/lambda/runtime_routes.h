/*
 * runtime_routes: carries out and answers each call to the Runtime API, as AWS's Runtime Interface Emulator does. For
 * runtime_api.c only.
 */
#pragma once

#include "runtime_state.h"

/* Takes a whole request, or one that waited. Call with the lock held. */
enum MHD_Result runtime_route_dispatch(struct runtime_api *api,
                                       struct MHD_Connection *connection,
                                       struct runtime_request *request,
                                       const char *method,
                                       const char *path);

/* Call with the lock held. */
void runtime_route_resume_waiting(struct runtime_api *api);

/* Call when a request is over, with the lock held; does nothing if it did not wait. */
void runtime_route_forget(struct runtime_api *api, const struct runtime_request *request);

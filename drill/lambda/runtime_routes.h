/*
 * runtime_routes: what each call to the Runtime API does, and how it is answered: as AWS's Runtime Interface Emulator
 * does it. For runtime_api.c only.
 */
#ifndef FAAS_DRILL_RUNTIME_ROUTES_H
#define FAAS_DRILL_RUNTIME_ROUTES_H

#include "runtime_state.h"

/* A whole request, or one that waited. With the lock held. */
enum MHD_Result runtime_route_dispatch(struct runtime_api *api,
                                       struct MHD_Connection *connection,
                                       struct runtime_request *request,
                                       const char *method,
                                       const char *path);

/* With the lock held. */
void runtime_route_resume_waiting(struct runtime_api *api);

/* The request is over, if it is one that waited. With the lock held. */
void runtime_route_forget(struct runtime_api *api, const struct runtime_request *request);

#endif

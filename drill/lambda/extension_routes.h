/*
 * extension_routes: what each call to the Extensions API does, and how it is answered: as AWS's Runtime Interface
 * Emulator does it for internal extensions. External ones are not run. For runtime_routes.c only; with the lock held.
 */
#ifndef FAAS_DRILL_EXTENSION_ROUTES_H
#define FAAS_DRILL_EXTENSION_ROUTES_H

#include "runtime_state.h"

enum MHD_Result extension_route_register(struct runtime_api *api,
                                         struct MHD_Connection *connection,
                                         const struct runtime_request *request);

enum MHD_Result
extension_route_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

/* init/error and exit/error. */
enum MHD_Result extension_route_error(struct runtime_api *api,
                                      struct MHD_Connection *connection,
                                      const struct runtime_request *request);

/* logs and telemetry: accepted, and not served. */
enum MHD_Result extension_route_subscribe(struct MHD_Connection *connection, const struct runtime_request *request);

/* The event of the invocation as extensions are told it. NULL when out of memory; free() it. */
char *extension_route_event(const struct runtime_event *event);

#endif

/*
 * extension_routes: carries out and answers each call to the Extensions API, as AWS's Runtime Interface Emulator does
 * for internal extensions. External extensions are not run. For runtime_routes.c only; call with the lock held.
 */
#pragma once

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

/* logs and telemetry: accepted, but nothing is ever sent. */
enum MHD_Result extension_route_subscribe(struct MHD_Connection *connection, const struct runtime_request *request);

/* Returns the invocation's event in the form for extensions; free() it. Returns NULL when out of memory. */
char *extension_route_event(const struct runtime_event *event);

/*
 * restore_routes: restore/next and restore/error of the Runtime API, which exist only for a function with SnapStart. A
 * runtime asks restore/next after its init, the snapshot is taken while it waits, and the answer comes once the process
 * is restored. AWS's emulator serves the same with --enable-init-caching, and 404 without.
 */
#ifndef FAAS_DRILL_RESTORE_ROUTES_H
#define FAAS_DRILL_RESTORE_ROUTES_H

#include "runtime_state.h"

/* Call both with the lock held. */
enum MHD_Result
restore_route_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);
enum MHD_Result
restore_route_error(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

#endif

/*
 * runtime_several: what is different in the Runtime API when a function may have several events at once, as on Lambda
 * Managed Instances: each of its workers has a call of its own for the next one, and an answer is known by its request
 * id. As AWS's emulator has it (aws-lambda-runtime-interface-emulator, internal/lambda-managed-instances). For the
 * files of the Runtime API only; all with the lock held.
 */
#ifndef FAAS_DRILL_RUNTIME_SEVERAL_H
#define FAAS_DRILL_RUNTIME_SEVERAL_H

#include "runtime_state.h"

enum MHD_Result
runtime_several_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

/* The one with that id that the host waits for. NULL: none. */
struct runtime_slot *runtime_several_find(struct runtime_api *api, const char *request_id);

/* An answer to none that is open. */
enum MHD_Result runtime_several_refuse(struct runtime_api *api,
                                       struct MHD_Connection *connection,
                                       const struct runtime_request *request);

/* The answer of slot is there. */
void runtime_several_tell(struct runtime_slot *slot);

#endif

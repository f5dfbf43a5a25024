/*
 * runtime_several: how the Runtime API differs if a function may have several events at once, as on Lambda Managed
 * Instances: each worker makes its own call for the next event, and the request id shows which invocation an answer
 * belongs to. Follows AWS's emulator (aws-lambda-runtime-interface-emulator, internal/lambda-managed-instances). For
 * the files of the Runtime API only; call with the lock held.
 */
#pragma once

#include "runtime_state.h"

enum MHD_Result
runtime_several_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

/* The invocation with that id, which may be over; NULL: none. */
struct runtime_slot *runtime_several_find(struct runtime_api *api, const char *request_id);

/* Refuses an answer to an invocation that is not open. */
enum MHD_Result runtime_several_refuse(struct runtime_api *api,
                                       struct MHD_Connection *connection,
                                       const struct runtime_request *request);

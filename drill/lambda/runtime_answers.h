/*
 * runtime_answers: handles what a function posts to the Runtime API: the response or the error of its invocation, or a
 * failed init. For runtime_routes.c only; call with the lock held.
 */
#pragma once

#include "runtime_state.h"

enum MHD_Result
runtime_answer_take(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

/* The connection broke off before the request was whole. */
void
runtime_answer_break_off(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

enum MHD_Result runtime_answer_take_init_error(struct runtime_api *api,
                                               struct MHD_Connection *connection,
                                               struct runtime_request *request);

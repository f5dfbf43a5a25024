/*
 * invoke_reply: what the invoke API answers, in the form of AWS's services.
 */
#pragma once

#include "invoke_request.h"

enum MHD_Result invoke_reply_status(struct MHD_Connection *connection, unsigned status);

enum MHD_Result
invoke_reply_result(struct MHD_Connection *connection, const struct invocation_result *result, bool with_log);

enum MHD_Result invoke_reply_refuse(struct MHD_Connection *connection, const struct invoke_refusal *refusal);

/* Answers before the body has come, past libmicrohttpd, which would close the connection at once: a client that is
 * still sending would then lose the answer to a reset. The caller reads on to the end of the request, and closes the
 * connection. */
void invoke_reply_refuse_at_once(struct MHD_Connection *connection, const struct invoke_refusal *refusal);

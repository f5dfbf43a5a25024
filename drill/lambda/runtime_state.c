#include "runtime_state.h"

#include "clock.h"
#include "thread.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define TRANSITION_BODY                                                                                               \
   "{\"errorMessage\":\"State transition from %s to %s failed for runtime. Error: State transition is not allowed\"," \
   "\"errorType\":\"InvalidStateTransition\"}\n"

void
runtime_state_enter(struct runtime_api *api, enum runtime_phase phase)
{
   api->phase = phase;
   api->since_us = clock_now_us();
   /* The next event, asked for some µs later, wakes the host. If the function does not ask, sandbox_watch's own poll
    * notices. */
   if (phase == RUNTIME_ANSWERED) {
      return;
   }
   wakeup_send(api->wake);
}

bool
runtime_state_is_closed(struct MHD_Connection *connection)
{
   const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
   char byte;
   return info != NULL && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

enum MHD_Result
runtime_reply_with(
   struct MHD_Connection *connection, unsigned status, const char *body, const char *name, const char *value)
{
   const struct http_header header = {name, value};
   return http_daemon_reply(connection, status, body, strlen(body), &header, 1);
}

enum MHD_Result
runtime_reply(struct MHD_Connection *connection, unsigned status, const char *body)
{
   return runtime_reply_with(connection, status, body, "Content-Type", "application/json");
}

/* The emulator's names. */
static const char *
state_name(enum runtime_phase phase)
{
   static const char *const names[] = {[RUNTIME_STARTING] = "RuntimeStarted",
                                       [RUNTIME_INIT_FAILED] = "RuntimeInitError",
                                       [RUNTIME_RESTORABLE] = "Restoring",
                                       [RUNTIME_WAITING] = "Ready",
                                       [RUNTIME_BUSY] = "Running",
                                       [RUNTIME_ANSWERED] = "RuntimeResponseSentState"};
   return names[phase];
}

enum MHD_Result
runtime_refuse_transition(struct MHD_Connection *connection, enum runtime_phase from, const char *to)
{
   char body[256];
   snprintf(body, sizeof body, TRANSITION_BODY, state_name(from), to);
   return runtime_reply(connection, MHD_HTTP_FORBIDDEN, body);
}

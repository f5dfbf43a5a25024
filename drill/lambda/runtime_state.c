#include "runtime_state.h"

#include "clock.h"
#include "wakeup.h"

#include <sys/socket.h>

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

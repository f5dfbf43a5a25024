#include "keep_alive.h"

#include <stdio.h>
#include <unistd.h>

/* The value of timer_active for a connection that waits for its next keep-alive probe. */
#define TIMER_KEEP_ALIVE 2

double
keep_alive_next_s(uint16_t port)
{
   double soonest = -1;
   FILE *file = fopen("/proc/net/tcp", "re");
   if (file == NULL) {
      return soonest;
   }
   char line[512];
   while (fgets(line, sizeof line, file) != NULL) {
      unsigned remote_port, timer;
      unsigned long when;
      if (sscanf(line, " %*d: %*x:%*x %*x:%x %*x %*x:%*x %x:%lx", &remote_port, &timer, &when) == 3 &&
          remote_port == port && timer == TIMER_KEEP_ALIVE) {
         double seconds = (double)when / (double)sysconf(_SC_CLK_TCK);
         soonest = soonest < 0 || seconds < soonest ? seconds : soonest;
      }
   }
   fclose(file);
   return soonest;
}

/* RFC 9293, 3.8.4 (MUST-26), allows no probe while data is unacknowledged. So keep-alive can close a dead connection
 * while it is idle, but once a command was sent, it can't end the wait for the answer. */
void
keep_alive_advice(char *text, size_t size, double probe_s, double freeze_s, double timeout_s)
{
   if (probe_s < 0) {
      snprintf(text, size, "%s", "");
   } else if (probe_s < freeze_s) {
      snprintf(text,
               size,
               "%s",
               "TCP keep-alive probes were sent during the freeze, because here only the process is suspended. On "
               "Lambda the kernel is frozen, too: do not rely on them.");
   } else if (probe_s < timeout_s) {
      snprintf(text,
               size,
               "TCP keep-alive does not help: its first probe would be sent after %.0f s, and none is sent while a "
               "command is unacknowledged.",
               probe_s);
   } else {
      snprintf(text, size, "TCP keep-alive does not help: its first probe would be sent after %.0f s.", probe_s);
   }
}

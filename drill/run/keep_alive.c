#include "keep_alive.h"

#include <stdio.h>
#include <unistd.h>

/* timer_active of a connection that waits for its next keep-alive probe. */
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

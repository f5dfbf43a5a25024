#include "pace.h"

void
pace_set(struct pace *pace, unsigned per_second, unsigned queue, int64_t now_us)
{
   *pace = (struct pace){.per_second = per_second, .queue = queue};
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      pace->tokens[i] = per_second;
      pace->filled_us[i] = now_us;
   }
}

/* Like mongod's limiters: ingressConnectionEstablishmentRatePerSec or ingressRequestAdmissionRatePerSec tokens a
 * second, and room for those of ...BurstCapacitySecs, here one second. A connection that waits borrows a token, so that
 * the bucket is below zero, until the bucket is back at zero. A client that leaves the queue does not give its token
 * back (rate_limiter.cpp, acquireToken). */
bool
pace_refuses(struct pace *pace, unsigned member, unsigned waiting, int64_t now_us, int64_t *wait_us)
{
   *wait_us = 0;
   if (pace->per_second == 0) {
      return false;
   }
   double room = pace->per_second;
   double tokens = pace->tokens[member] + (double)(now_us - pace->filled_us[member]) * room / 1e6;
   tokens = tokens < room ? tokens : room;
   pace->filled_us[member] = now_us;
   bool refuses = tokens < 1 && waiting >= pace->queue;
   pace->tokens[member] = refuses ? tokens : tokens - 1;
   *wait_us = !refuses && pace->tokens[member] < 0 ? (int64_t)(-pace->tokens[member] / room * 1e6) + 1 : 0;
   return refuses;
}

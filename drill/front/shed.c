#include "shed.h"

void
shed_set(struct shed *shed, unsigned per_second, unsigned base_backoff_ms, int64_t now_us)
{
   shed->per_second = per_second;
   shed->base_backoff_ms = base_backoff_ms;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      shed->tokens[i] = per_second;
      shed->filled_us[i] = now_us;
   }
}

/* Like mongod's limiter: ingressRequestAdmissionRatePerSec tokens a second, and room for those of
 * ingressRequestAdmissionBurstCapacitySecs, here one second. */
bool
shed_takes(struct shed *shed, unsigned member, int64_t now_us)
{
   if (shed->per_second == 0) {
      return false;
   }
   double room = shed->per_second;
   double tokens = shed->tokens[member] + (double)(now_us - shed->filled_us[member]) * room / 1e6;
   tokens = tokens < room ? tokens : room;
   shed->filled_us[member] = now_us;
   bool admitted = tokens >= 1;
   shed->tokens[member] = admitted ? tokens - 1 : tokens;
   return !admitted;
}

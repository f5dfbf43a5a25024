#include "limit.h"

#include "clock.h"

#include <string.h>

void
limit_set(struct limit *limit, unsigned most)
{
   limit->most = most;
   limit->since_us = clock_now_us();
   limit->told.refused = 0;
   memset(limit->told.refused_in_second, 0, sizeof limit->told.refused_in_second);
}

bool
limit_refuses(struct limit *limit, unsigned member)
{
   if (limit->most == 0 || limit->told.open[member] < limit->most) {
      return false;
   }
   int64_t second = (clock_now_us() - limit->since_us) / 1000000;
   limit->told.refused++;
   if (second >= 0 && second < FRONT_LIMITED_SECONDS) {
      limit->told.refused_in_second[second]++;
   }
   return true;
}

void
limit_opened(struct limit *limit, unsigned member)
{
   limit->told.open[member]++;
}

void
limit_closed(struct limit *limit, unsigned member)
{
   limit->told.open[member]--;
}

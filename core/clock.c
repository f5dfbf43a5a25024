#include "clock.h"

#include <time.h>

static int64_t
read_clock(clockid_t id)
{
   struct timespec now;
   (void)clock_gettime(id, &now);
   return (int64_t)now.tv_sec * 1000000 + (int64_t)now.tv_nsec / 1000;
}

int64_t
clock_monotonic_us(void)
{
   return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_boottime_us(void)
{
   return read_clock(CLOCK_BOOTTIME);
}

int64_t
clock_unix_us(void)
{
   return read_clock(CLOCK_REALTIME);
}

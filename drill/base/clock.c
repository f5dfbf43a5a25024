#include "clock.h"

int64_t
clock_now_us(void)
{
   struct timespec now;
   clock_gettime(CLOCK_MONOTONIC, &now);
   return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct timespec
clock_timespec(int64_t at_us)
{
   return (struct timespec){.tv_sec = (time_t)(at_us / 1000000), .tv_nsec = (long)(at_us % 1000000) * 1000};
}

void
clock_sleep_us(int64_t microseconds)
{
   const struct timespec time = clock_timespec(microseconds);
   nanosleep(&time, NULL);
}

int64_t
clock_wall_ms(void)
{
   struct timespec now;
   clock_gettime(CLOCK_REALTIME, &now);
   return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
clock_condition_init(pthread_cond_t *condition)
{
   pthread_condattr_t attributes;
   pthread_condattr_init(&attributes);
   pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
   pthread_cond_init(condition, &attributes);
   pthread_condattr_destroy(&attributes);
}

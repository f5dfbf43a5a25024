#include "clock.h"

#include <stdio.h>

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

int
clock_timeout_ms(int64_t at_us)
{
   if (at_us == INT64_MAX) {
      return -1;
   }
   int64_t left_us = at_us - clock_now_us();
   return left_us <= 0 ? 0 : left_us > 60000000 ? 60000 : (int)((left_us + 999) / 1000);
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

void
clock_rfc3339(char text[CLOCK_RFC3339], int64_t wall_ms)
{
   time_t seconds = (time_t)(wall_ms / 1000);
   struct tm parts;
   char day[32] = "1970-01-01T00:00:00";
   if (gmtime_r(&seconds, &parts) != NULL) {
      strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
   }
   snprintf(text, CLOCK_RFC3339, "%s.%03dZ", day, (int)(wall_ms % 1000));
}

#include "time_limits.h"

#include <stdio.h>

#define LAMBDA_DEFAULT_MS 3000
#define API_GATEWAY_MS 29000

void
time_limits_advice(char *text, size_t size, double needed_ms)
{
   text[0] = '\0';
   if (needed_ms >= API_GATEWAY_MS) {
      snprintf(text,
               size,
               "With Lambda's default time limit of 3 s the function fails, and so it does behind API Gateway, which "
               "waits 29 s.");
   } else if (needed_ms >= LAMBDA_DEFAULT_MS) {
      snprintf(text,
               size,
               "With a time limit under %.0f s, such as Lambda's default of 3 s, the function fails.",
               needed_ms / 1000 + 1);
   }
}

#include "platforms.h"

#include "append.h"
#include "lambda_platform.h"
#include "services.h"

#include <string.h>

const struct platform *const platforms[] = {
   &platform_lambda,
   &platform_managed,
   &platform_cloud_run,
   &platform_azure,
   &platform_openfaas,
   &platform_fn,
   &platform_openwhisk,
};

const size_t platform_count = sizeof platforms / sizeof platforms[0];

const struct platform *
platform_find(const char *name)
{
   for (size_t i = 0; i < platform_count; i++) {
      if (strcmp(platforms[i]->name, name) == 0) {
         return platforms[i];
      }
   }
   return NULL;
}

const char *
platform_idle_name(enum platform_idle idle)
{
   static const char *const names[] = {
      [PLATFORM_FREEZES] = "frozen", [PLATFORM_THROTTLES] = "throttled", [PLATFORM_RUNS_ON] = "running"};
   return names[idle];
}

void
platform_names(char *text, size_t size)
{
   text[0] = '\0';
   for (size_t i = 0; i < platform_count; i++) {
      append_item((struct text_out){text, size}, ", ", platforms[i]->name);
   }
}

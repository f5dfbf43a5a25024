#include "options_platform.h"

#include "options_phases.h"

#include "http_request.h"
#include "lambda_platform.h"
#include "platforms.h"
#include "services.h"

#include <stdio.h>

bool
options_platform_set(struct options *options, const char *name, struct drill_error *error)
{
   char names[200];
   options->platform = platform_find(name);
   if (options->platform == NULL) {
      platform_names(names, sizeof names);
      drill_error_set(error, "--platform: unknown platform \"%.100s\"; the drill has %s", name, names);
   }
   return options->platform != NULL;
}

bool
options_platform_request(struct options *options, const char *line, struct drill_error *error)
{
   if (!http_request_line_fits(line)) {
      return drill_error_false(
         error, "--request takes a method and a path, such as \"GET /items\"; found \"%.100s\"", line);
   }
   options->request = line;
   return true;
}

/* Refuses an option that only other platforms have. */
static bool
refuse(const char *option, const struct platform *platform, const char *why, struct drill_error *error)
{
   return drill_error_false(error, "%s cannot be used with --platform %s: %s", option, platform->name, why);
}

static bool
check_service(const struct options *options, struct drill_error *error)
{
   const struct platform *platform = options->platform;
   if (options->handler != NULL) {
      return refuse("--handler", platform, "only Lambda has handlers; start the function with --command", error);
   }
   if (options->request != NULL && (platform == &platform_fn || platform == &platform_openwhisk)) {
      return refuse("--request", platform, "the platform defines how it calls a function", error);
   }
   for (size_t i = 0; i < options->step_count; i++) {
      if (options->steps[i].kind->is_lambdas) {
         char what[40];
         (void)snprintf(what, sizeof what, "the phase %s", options->steps[i].kind->name);
         return refuse(what, platform, "only Lambda has it", error);
      }
   }
   return true;
}

static bool
check_lambda(const struct options *options, struct drill_error *error)
{
   const struct platform *platform = options->platform;
   if (options->command != NULL) {
      return refuse("--command", platform, "Lambda starts the package's bootstrap, or its --handler", error);
   }
   if (options->request != NULL) {
      return refuse("--request", platform, "Lambda sends events, not requests", error);
   }
   return true;
}

/* --concurrency alone means a managed instance, because no other environment of Lambda has it. */
static void
choose(struct options *options)
{
   if (options->platform == NULL) {
      options->platform = options->concurrency > 1 ? &platform_managed : &platform_lambda;
   }
   if (options->concurrency == 0) {
      options->concurrency = options->platform->concurrency_default;
   }
   options->memory_mb = options->memory_mb != 0 ? options->memory_mb : options->platform->memory_mb;
}

bool
options_platform_check(struct options *options, struct drill_error *error)
{
   choose(options);
   if (options->all_phases) {
      options_phases_all(options);
   }
   const struct platform *platform = options->platform;
   if (options->concurrency > platform->concurrency_max) {
      return drill_error_false(error,
                               "--concurrency %u cannot be used with --platform %s: %s sends a process %s at once",
                               options->concurrency,
                               platform->name,
                               platform->title,
                               platform->concurrency_max == 1 ? "one event" : "at most 64 events");
   }
   if (platform == &platform_managed && options->concurrency == 1) {
      return refuse("--concurrency 1", platform, "a managed instance gets at least two events at once", error);
   }
   return platform->service != NULL ? check_service(options, error) : check_lambda(options, error);
}

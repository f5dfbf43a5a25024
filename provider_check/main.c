/*
 * faas-provider-check: runs a provider against a scripted host and prints the rules that it breaks.
 */
#include "allocations.h"
#include "child.h"
#include "error.h"
#include "loader.h"
#include "record.h"
#include "results.h"
#include "scenarios.h"
#include "settings.h"
#include "version.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_KEPT = 0, EXIT_BROKEN = 1, EXIT_NOT_CHECKED = 2 };

static int
not_checked(const char *message)
{
   (void)fprintf(stderr, "faas-provider-check: %s\n", message);
   return EXIT_NOT_CHECKED;
}

static void
run_scenario(const struct scenario *scenario, const struct settings *settings, struct record *record)
{
   unsigned most = scenario->sweep_max == 0 ? 1 : scenario->sweep_max;
   unsigned broken = record->violation_count;
   for (unsigned number = 1; number <= most && record->unusable[0] == '\0'; number++) {
      if (settings->verbose) {
         (void)fprintf(stderr, "scenario %s", scenario->name);
         (void)fprintf(stderr, scenario->sweep_max > 0 ? " %u\n" : "\n", number);
      }
      /* Three examples are enough. */
      if (!child_run(scenario, number, settings, record) || record->swept || record->violation_count >= broken + 3 ||
          record->hangs >= 2) {
         return;
      }
   }
}

/* A missing file is not the provider's fault. */
static bool
is_there(const char *provider, struct faas_error *error)
{
   char folder[PATH_MAX] = "";
   char path[2 * PATH_MAX];
   bool is_name = strchr(provider, '/') == NULL;
   if (is_name && !loader_directory(folder, sizeof folder, error)) {
      return false;
   }
   (void)snprintf(path, sizeof path, "%s%s%.4000s%s", folder, is_name ? "/" : "", provider, is_name ? ".so" : "");
   if (access(path, R_OK) == 0) {
      return true;
   }
   faas_error_set(error, "Check.NoProvider", "no provider at %.400s: %s (a path needs a slash)", path, strerror(errno));
   return false;
}

static int
check(const struct settings *settings, struct record *record)
{
   struct faas_error error = {0};
   sigset_t ends;
   (void)sigemptyset(&ends);
   (void)sigaddset(&ends, SIGCHLD);
   (void)sigprocmask(SIG_BLOCK, &ends, NULL);
   if (!is_there(settings->provider, &error)) {
      return not_checked(error.message);
   }
   for (const struct scenario *scenario = scenarios; scenario->name != NULL; scenario++) {
      bool possible = scenario == scenarios ||
                      (record->judged[RULE_INIT] && (scenario->before_open || record->not_opened[0] == '\0'));
      /* A provider that hangs twice would most likely hang in every scenario that follows. */
      if (possible && record->unusable[0] == '\0' && record->hangs < 2) {
         run_scenario(scenario, settings, record);
      }
   }
   if (record->unusable[0] != '\0') {
      return not_checked(record->unusable);
   }
   if (results_print(settings, record) > 0) {
      return EXIT_BROKEN;
   }
   if (record->not_opened[0] != '\0') {
      return not_checked("the provider did not open; pass what it needs with --option and --env");
   }
   return EXIT_KEPT;
}

int
main(int argc, char **argv)
{
   struct settings settings;
   struct faas_error error = {0};
   if (!settings_init(&settings, argc, argv, &error)) {
      return not_checked(error.message);
   }
   switch (settings.action) {
   case ACTION_HELP:
      return fputs(settings_help, stdout) < 0 ? EXIT_NOT_CHECKED : EXIT_KEPT;
   case ACTION_VERSION:
      (void)printf("faas-provider-check %s\nprovider ABI %u\n", FAAS_HARNESS_VERSION, FAAS_PROVIDER_ABI_VERSION);
      return EXIT_KEPT;
   case ACTION_LIST:
      results_print_list();
      return EXIT_KEPT;
   case ACTION_CHECK:
      break;
   }
   struct record *record = record_new();
   int status = record == NULL ? not_checked("out of memory for a record") : check(&settings, record);
   record_destroy(record);
   return status;
}

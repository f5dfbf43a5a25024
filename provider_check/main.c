/*
 * faas-provider-check: runs a provider against a scripted host and prints the rules that it breaks.
 */
#include "allocations.h"
#include "child.h"
#include "error.h"
#include "loader.h"
#include "record.h"
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

static const char *
why_skipped(const struct record *record, enum rule rule)
{
   if (record->skipped[rule][0] != '\0') {
      return record->skipped[rule];
   }
   /* The first event lets a provider break either rule. */
   if (rule == RULE_LIFETIME && record->skipped[RULE_INVOCATION][0] != '\0') {
      return record->skipped[RULE_INVOCATION];
   }
   return record->judged[RULE_INIT] ? rule_texts[rule].skipped : "it did not load";
}

static void
print_violations(const struct record *record, enum rule rule)
{
   for (unsigned i = 0; i < record->violation_count; i++) {
      const struct violation *violation = &record->violations[i];
      if (violation->rule == rule) {
         (void)printf(
            "    %s, scenario \"%s\": %s", callback_names[violation->callback], violation->scenario, violation->found);
         (void)printf(violation->times > 1 ? " (%u times)\n" : "\n", violation->times);
      }
   }
   (void)printf("    specified in faas_harness/provider.h: %s\n", rule_texts[rule].where);
}

/* Prints one line for each rule. Returns the number of broken rules. */
static unsigned
print_results(const struct settings *settings, const struct record *record)
{
   unsigned broken = 0;
   unsigned skipped = 0;
   (void)printf("%s\n", record->title[0] == '\0' ? settings->provider : record->title);
   if (record->not_opened[0] != '\0') {
      (void)printf("open failed: %s\n", record->not_opened);
   }
   for (int rule = 0; rule < RULE_COUNT; rule++) {
      if (record_violations_of(record, (enum rule)rule) > 0) {
         (void)printf("✗ %-12s %s\n", rule_texts[rule].name, rule_texts[rule].text);
         print_violations(record, (enum rule)rule);
         broken++;
      } else if (!record->judged[rule]) {
         (void)printf("– %-12s not checked: %s\n", rule_texts[rule].name, why_skipped(record, (enum rule)rule));
         skipped++;
      } else {
         (void)printf("✓ %-12s %s\n", rule_texts[rule].name, rule_texts[rule].text);
      }
   }
   if (record->violations_left_out > 0) {
      (void)printf("%u more violations are not shown\n", record->violations_left_out);
   }
   if (record->hangs >= 2) {
      (void)printf("the remaining scenarios were skipped: the provider hangs\n");
   }
   if (!allocations_are_seen()) {
      (void)printf("memory that the provider allocates itself is not watched: this build of the check cannot\n");
   }
   (void)printf(
      "%d rules: %u kept, %u broken, %u not checked\n", RULE_COUNT, RULE_COUNT - broken - skipped, broken, skipped);
   return broken;
}

/* Prints all rules and scenarios. */
static void
print_list(void)
{
   (void)printf("Rules, and where faas_harness/provider.h specifies them:\n");
   for (int rule = 0; rule < RULE_COUNT; rule++) {
      (void)printf(
         "  %-12s %s\n  %-12s (%s)\n", rule_texts[rule].name, rule_texts[rule].text, "", rule_texts[rule].where);
   }
   (void)printf("\nScenarios, each in its own process:\n");
   for (const struct scenario *scenario = scenarios; scenario->name != NULL; scenario++) {
      (void)printf("  %-24s %s\n", scenario->name, scenario->text);
   }
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
   if (print_results(settings, record) > 0) {
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
      print_list();
      return EXIT_KEPT;
   case ACTION_CHECK:
      break;
   }
   struct record *record = record_new();
   int status = record == NULL ? not_checked("out of memory for a record") : check(&settings, record);
   record_destroy(record);
   return status;
}

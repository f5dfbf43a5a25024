#include "results.h"

#include "allocations.h"
#include "scenarios.h"

#include <stdio.h>
#include <string.h>

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

unsigned
results_print(const struct settings *settings, const struct record *record)
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

void
results_print_list(void)
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

#include "scenarios.h"

#include "allocations.h"
#include "step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ODD_BYTES = 1024 * 1024 };

struct odd_value {
   const char *label;
   const char *value;
};

static const struct odd_value odd_values[] = {
   {"(empty)", ""},
   {"-1", "-1"},
   {"99999999999999999999", "99999999999999999999"},
   {"(a format)", "%s%n%100000d"},
   {"(two lines)", "one\ntwo"},
   {"(no UTF-8)", "\xff\xfe\xc3"},
   {"(characters of four bytes)",
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"
    "\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83\xf0\x9f\x8d\x83"},
   {"(1 MB)", NULL},
};

void
scenario_odd_options(struct session *session)
{
   size_t values = sizeof odd_values / sizeof odd_values[0];
   const struct faas_option *option = session->loaded.provider.options;
   size_t skip = (session->number - 1) / values;
   while (skip > 0 && option != NULL && option->name != NULL) {
      option++;
      skip--;
   }
   if (option == NULL || option->name == NULL) {
      session->record->swept = true;
      return;
   }
   const struct odd_value *odd = &odd_values[(session->number - 1) % values];
   char *large = calloc(1, ODD_BYTES + 1);
   if (large == NULL) {
      return;
   }
   memset(large, 'x', ODD_BYTES);
   (void)snprintf(
      session->record->scenario, sizeof session->record->scenario, "odd option %.40s=%s", option->name, odd->label);
   session->host->odd_option = option->name;
   session->host->odd_value = odd->value == NULL ? large : odd->value;
   step_answer_all(session, false, false);
   free(large);
}

void
scenario_host_memory(struct session *session)
{
   session->host->failing = session->number;
   step_answer_all(session, false, false);
   session->record->swept = session->host->calls < session->number;
}

void
scenario_own_memory(struct session *session)
{
   if (!allocations_are_seen()) {
      session->record->swept = true;
      return;
   }
   allocations_fail(session->number);
   step_answer_all(session, false, false);
   session->record->swept = allocations_count() < session->number;
}

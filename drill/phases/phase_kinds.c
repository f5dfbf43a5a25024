#include "phase_kinds.h"

#include "append.h"

#include <string.h>

const struct phase_kind *const phase_kinds[] = {
   &phase_cold,
   &phase_warm,
   &phase_frozen,
   &phase_outage,
   &phase_failover,
   &phase_dropped,
   &phase_restore,
   &phase_init_frozen,
   &phase_killed,
   &phase_timeout,
   &phase_storm,
   &phase_overload,
   &phase_rotated,
   &phase_moved,
   &phase_coldstart,
   &phase_slow,
};

const size_t phase_kind_count = sizeof phase_kinds / sizeof phase_kinds[0];

const struct phase_kind *
phase_kind_find(const char *name, size_t length)
{
   for (size_t i = 0; i < phase_kind_count; i++) {
      if (strlen(phase_kinds[i]->name) == length && memcmp(phase_kinds[i]->name, name, length) == 0) {
         return phase_kinds[i];
      }
   }
   return NULL;
}

bool
phase_kind_exists(const char *name, size_t length)
{
   bool is_burst = strlen(phase_burst.name) == length && memcmp(phase_burst.name, name, length) == 0;
   return is_burst || phase_kind_find(name, length) != NULL;
}

void
phase_kind_names(char *text, size_t size, bool only_defaults)
{
   text[0] = '\0';
   for (size_t i = 0; i < phase_kind_count; i++) {
      if (phase_kinds[i]->by_default || !only_defaults) {
         append_item((struct text_out){text, size}, ",", phase_kinds[i]->name);
      }
   }
}

#include "dropped_advice.h"

#include "append.h"
#include "phase.h"

#include <stdio.h>

/* Below this a better setting is not worth mentioning. */
#define QUICK_MS 1000

/* Ignores differences of a few milliseconds, because the first setting named has the fewest options. */
static bool
is_faster(const struct dropped_setting *one, const struct dropped_setting *other)
{
   return one->answer_ms < other->answer_ms * 0.8;
}

static const struct dropped_setting *
fastest_of(const struct dropped_setting *settings, size_t count)
{
   const struct dropped_setting *fastest = NULL;
   for (size_t i = 1; i < count; i++) {
      if (settings[i].outcome == DROPPED_SAVED && (fastest == NULL || is_faster(&settings[i], fastest))) {
         fastest = &settings[i];
      }
   }
   return fastest;
}

static bool
is_worth_it(const struct dropped_setting *fastest, const struct dropped_setting *given)
{
   return fastest != NULL && given->answer_ms >= QUICK_MS && is_faster(fastest, given);
}

static void
add_limits(char *text, size_t size, double needed_ms)
{
   char limits[160];
   phase_time_limits_advice(limits, sizeof limits, needed_ms);
   if (limits[0] != '\0') {
      append_text(text, size, " %s", limits);
   }
}

bool
dropped_advice(char *text, size_t size, const struct dropped_setting *settings, size_t count, unsigned timeout_ms)
{
   const struct dropped_setting *given = &settings[0];
   const struct dropped_setting *fastest = fastest_of(settings, count);
   text[0] = '\0';
   if (given->outcome == DROPPED_SAVED) {
      snprintf(text, size, "With the URI as given the function recovers in %.1f s.", given->answer_ms / 1000);
      add_limits(text, size, given->answer_ms);
      if (is_worth_it(fastest, given)) {
         append_text(text, size, " With %s it recovers in %.1f s.", fastest->uri_options, fastest->answer_ms / 1000);
      }
      return true;
   }
   if (fastest == NULL) {
      return false;
   }
   snprintf(text,
            size,
            "With the URI as given the function does not recover within its time limit of %g s. Add %s to the URI: "
            "then it recovers in %.1f s.",
            timeout_ms / 1000.0,
            fastest->uri_options,
            fastest->answer_ms / 1000);
   add_limits(text, size, fastest->answer_ms);
   return true;
}

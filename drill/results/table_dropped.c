#include "table_parts.h"
#include "text.h"

#include <string.h>

/* One setting over all rounds. */
struct setting {
   const char *name;
   unsigned tried;
   unsigned saved;
   double slowest_ms;
   bool thawed;                            /* slowest_ms counts from the thaw; managed instances have none */
   const struct drill_invocation *lost;    /* the newest that failed; NULL: none */
   const struct drill_invocation *skipped; /* the newest that was skipped; NULL: none */
   bool red;                               /* its failure fails the phase */
};

static bool
is_of_phase(const struct drill_results *results, const struct drill_invocation *one)
{
   return one->phase < results->phase_count && strcmp(results->phases[one->phase].name, "dropped") == 0;
}

static double
time_of(const struct drill_invocation *one)
{
   return one->thaw_to_answer_ms >= 0 ? one->thaw_to_answer_ms : one->duration_ms;
}

static bool
same(const struct drill_invocation *one, const struct drill_invocation *other)
{
   return one->phase == other->phase && strcmp(one->name, other->name) == 0;
}

/* Of several invocations with one setting the last counts: the earlier ones only opened the connections. */
static bool
is_last(const struct drill_results *results, size_t index)
{
   for (size_t i = index + 1; i < results->invocation_count; i++) {
      if (same(&results->invocations[i], &results->invocations[index])) {
         return false;
      }
   }
   return true;
}

static void
count_in(struct setting *setting, const struct drill_results *results, const struct drill_invocation *one)
{
   setting->tried++;
   if (one->verdict == DRILL_PASS) {
      setting->saved++;
      setting->thawed |= one->thaw_to_answer_ms >= 0;
      setting->slowest_ms = time_of(one) > setting->slowest_ms ? time_of(one) : setting->slowest_ms;
   } else if (one->verdict == DRILL_FAIL) {
      setting->lost = one;
      setting->red |= results->phases[one->phase].verdict == DRILL_FAIL;
   } else {
      setting->skipped = one;
   }
}

static struct setting
setting_of(const struct drill_results *results, const char *name)
{
   struct setting setting = {.name = name, .slowest_ms = -1};
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      if (is_of_phase(results, one) && strcmp(one->name, name) == 0 && is_last(results, i)) {
         count_in(&setting, results, one);
      }
   }
   return setting;
}

static bool
is_first(const struct drill_results *results, size_t index)
{
   for (size_t i = 0; i < index; i++) {
      if (is_of_phase(results, &results->invocations[i]) &&
          strcmp(results->invocations[i].name, results->invocations[index].name) == 0) {
         return false;
      }
   }
   return true;
}

static void
describe(char text[TEXT_MAX], const struct setting *setting)
{
   char time[PEN_DURATION];
   char rounds[64] = "";
   if (setting->lost != NULL) {
      if (setting->tried > 1) {
         snprintf(rounds, sizeof rounds, ", recovered %u of %u times", setting->saved, setting->tried);
      }
      snprintf(text,
               TEXT_MAX,
               "failed: %s after %s%s",
               setting->lost->outcome,
               pen_duration(time, time_of(setting->lost)),
               rounds);
   } else if (setting->saved > 0) {
      if (setting->tried > 1) {
         snprintf(rounds, sizeof rounds, " at the latest, %u of %u times", setting->saved, setting->tried);
      }
      snprintf(text,
               TEXT_MAX,
               "recovered %s after %s%s",
               pen_duration(time, setting->slowest_ms),
               setting->thawed ? "the thaw" : "its event",
               rounds);
   } else {
      snprintf(text, TEXT_MAX, "skipped: %s", setting->skipped->reason);
   }
}

static void
put_setting(struct pen *pen, const struct setting *setting, unsigned column)
{
   char text[TEXT_MAX];
   describe(text, setting);
   pen_item(pen,
            setting->lost != NULL ? DRILL_FAIL
            : setting->saved > 0  ? DRILL_PASS
                                  : DRILL_SKIPPED,
            setting->name,
            column,
            setting->red ? PEN_RED : PEN_PLAIN,
            text);
}

void
table_dropped(struct pen *pen, const struct drill_results *results)
{
   unsigned column = 0;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      unsigned width = is_of_phase(results, one) ? text_width(one->name) + 4 : 0;
      column = width > column ? width : column;
   }
   if (column == 0) {
      return;
   }
   pen_heading(pen, "Dropped connections: results by URI setting");
   for (size_t i = 0; i < results->invocation_count; i++) {
      if (is_of_phase(results, &results->invocations[i]) && is_first(results, i)) {
         struct setting setting = setting_of(results, results->invocations[i].name);
         put_setting(pen, &setting, column);
      }
   }
}

#include "overlapping.h"

/* Adds the results of `other`, the later of two overlapping invocations, to the earlier one. */
static void
merge(struct judge_invocation *into, const struct judge_invocation *other)
{
   unsigned failed = into->more_failed + (into->passed ? 0 : 1) + (other->passed ? 0 : 1);
   into->end_us = other->end_us > into->end_us ? other->end_us : into->end_us;
   into->runs_until_us = other->runs_until_us > into->runs_until_us ? other->runs_until_us : into->runs_until_us;
   into->cold = into->cold || other->cold;
   into->passed = failed == 0;
   into->more++;
   into->more_failed = failed > 0 ? failed - 1 : 0;
   into->excused = into->excused || other->excused;
   into->alone = into->alone && other->alone;
   into->status_code = other->status_code > into->status_code ? other->status_code : into->status_code;
   into->has_report = into->has_report && other->has_report;
   into->report.commands += other->report.commands;
   into->report.commands_failed += other->report.commands_failed;
   into->report.heartbeats_failed += other->report.heartbeats_failed;
   into->report.heartbeats_awaited += other->report.heartbeats_awaited;
}

size_t
overlapping_merge(struct judge_invocation *invocations, size_t count)
{
   size_t kept = 0;
   for (size_t i = 0; i < count; i++) {
      const struct judge_invocation *one = &invocations[i];
      struct judge_invocation *before = kept == 0 ? NULL : &invocations[kept - 1];
      if (before != NULL && before->instance == one->instance && one->start_us < before->end_us) {
         merge(before, one);
      } else {
         invocations[kept++] = *one;
      }
   }
   return kept;
}

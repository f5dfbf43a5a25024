#include "freezer.h"

#include "clock.h"

#include <stdio.h>

/* The kernel reports a stop just before the last instructions of each stopping thread (signal.c, do_signal_stop). On a
 * busy machine these may be delayed, and interrupts meanwhile are charged to them: up to 0.03 ms was seen. */
#define STOPPING_CPU_MS 1.0

void
freezer_suspend(struct freezer *freezer)
{
   process_suspend(freezer->process);
   freezer->suspended = true;
   freezer->suspended_us = clock_now_us();
   freezer->suspended_cpu_ns = descendants_cpu_ns(&freezer->process->descendants);
   freezer->entry = timeline_begin(freezer->timeline, TIMELINE_FREEZE, freezer->instance, "frozen", "%s", "");
}

/* result may be NULL. */
static void
end_freeze(struct freezer *freezer, struct invocation_result *result)
{
   int64_t cpu_ns = descendants_cpu_ns(&freezer->process->descendants) - freezer->suspended_cpu_ns;
   int64_t now_us = clock_now_us();
   double frozen_ms = (double)(now_us - freezer->suspended_us) / 1e3;
   double cpu_ms = (double)cpu_ns / 1e6;
   double frozen_cpu_ms = cpu_ms > STOPPING_CPU_MS ? cpu_ms : 0;
   char detail[100];
   (void)snprintf(detail, sizeof detail, "%.1f ms, %.3f ms of it on a CPU", frozen_ms, frozen_cpu_ms);
   timeline_end(freezer->timeline, freezer->entry, frozen_cpu_ms > 0, detail);
   freezer->suspended = false;
   if (result != NULL) {
      result->thawed_us = now_us;
      result->frozen_ms = frozen_ms;
      result->frozen_cpu_ms = frozen_cpu_ms;
   }
}

void
freezer_thaw(struct freezer *freezer, struct invocation_result *result)
{
   if (freezer->suspended) {
      end_freeze(freezer, result);
      process_thaw(freezer->process);
   }
}

void
freezer_forget(struct freezer *freezer)
{
   if (freezer->suspended) {
      end_freeze(freezer, NULL);
   }
}

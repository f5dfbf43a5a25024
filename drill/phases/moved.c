#include "moved.h"

#include "phase.h"

#include <stdio.h>

/* How long a process that is not suspended runs between the move and its next event: as long as an outage takes. */
#define RUNS_ON_MS 2000

void
moved_time(char text[MOVED_TIME_MAX], double ms)
{
   (void)snprintf(text, MOVED_TIME_MAX, ms < 1000 ? "%.0f ms" : "%.1f s", ms < 1000 ? ms : ms / 1e3);
}

int
moved_get_ready(struct drill *drill, size_t phase, struct drill_error *error)
{
   size_t number;
   return drill->function == NULL ? phase_invoke(drill, phase, "moved, before", &number, error) : 0;
}

int
moved_move(struct drill *drill, int kept, struct drill_error *error)
{
   live_doing(drill->live, "moving the members", 0);
   if (deployment_move(drill->deployment, kept, error) != 0) {
      return -1;
   }
   return drill_runs_on(drill) ? drill_freeze(drill, RUNS_ON_MS, "idle, all members moved", error)
                               : drill_freeze(drill, drill->options->freeze_ms, "suspended, all members moved", error);
}

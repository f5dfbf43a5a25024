/* live_show [terminal|plain] [colour] [ROUNDS] [STEP_MS]: the live view of an invented drill on stderr; each phase
 * takes STEP_MS. */
#include "clock.h"
#include "live.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const NAMES[] = {"cold", "warm", "frozen", "outage", "failover", "dropped"};
static const char *const TITLES[] = {
   "First invocation of a new process",
   "Invoked again at once",
   "Suspended between two invocations",
   "Primary lost while the function is frozen",
   "Primary lost during the invocation",
   "Idle connections dropped while frozen, as NAT gateways do",
};

static void
rest(long ms)
{
   struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
   nanosleep(&time, NULL);
}

static void
one_phase(struct live *live, size_t which, unsigned round, long step_ms)
{
   live_phase_begin(live, NAMES[which], TITLES[which]);
   live_doing(live, "waiting for the answer", 0);
   rest(step_ms / 3);
   live_doing(live, "frozen", clock_now_us() + step_ms * 1000 * 2 / 3);
   live_say(live, "REPORT RequestId: 00000000-0000-4000-8000-%012zu Duration: 12.50 ms Billed Duration: 13 ms", which);
   rest(step_ms - step_ms / 3);
   struct drill_phase phase = {.round = round, .start_ms = 0, .end_ms = 60012.5, .frozen_ms = -1, .recover_ms = 41.5};
   memcpy(phase.name, NAMES[which], strlen(NAMES[which]));
   if (which == 4) {
      phase.verdict = DRILL_SKIPPED;
      memcpy(phase.reason, "no outage command was given", sizeof "no outage command was given");
   } else if (which == 5) {
      phase.verdict = DRILL_FAIL;
      static const char reason[] = "expected an answer within 30 s, found none: \x1b[31mSandbox.Timedout";
      memcpy(phase.reason, reason, sizeof reason);
   }
   live_phase_end(live, &phase);
}

int
main(int argc, char **argv)
{
   bool terminal = argc > 1 && strcmp(argv[1], "terminal") == 0;
   bool colour = argc > 2 && strcmp(argv[2], "colour") == 0;
   unsigned rounds = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
   long step_ms = argc > 4 ? strtol(argv[4], NULL, 10) : 300;
   struct live *live = live_new(stderr, terminal, colour);
   if (live == NULL) {
      return 2;
   }
   live_plan(live, NAMES, 6, rounds);
   for (unsigned round = 1; round <= rounds; round++) {
      for (size_t i = 0; i < 6; i++) {
         one_phase(live, i, round, step_ms);
      }
   }
   live_destroy(live);
   return 0;
}

#include "dropped_advice.h"

#include "phase.h"

#include <stdio.h>
#include <unistd.h>

/* Below this a better setting is not worth mentioning. */
#define QUICK_MS 1000

/* The value of timer_active for a connection that waits for its next keep-alive probe. */
#define TIMER_KEEP_ALIVE 2

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
add_limits(struct text_out out, double needed_ms)
{
   char limits[160];
   phase_time_limits_advice(TEXT_OUT(limits), needed_ms);
   if (limits[0] != '\0') {
      append_text(out, " %s", limits);
   }
}

bool
dropped_advice(struct text_out out, const struct dropped_setting *settings, size_t count, unsigned timeout_ms)
{
   const struct dropped_setting *given = &settings[0];
   const struct dropped_setting *fastest = fastest_of(settings, count);
   out.text[0] = '\0';
   if (given->outcome == DROPPED_SAVED) {
      write_text(out, "With the URI as given the function recovers in %.1f s.", given->answer_ms / 1000);
      add_limits(out, given->answer_ms);
      if (is_worth_it(fastest, given)) {
         append_text(out, " With %s it recovers in %.1f s.", fastest->uri_options, fastest->answer_ms / 1000);
      }
      return true;
   }
   if (fastest == NULL) {
      return false;
   }
   write_text(out,
              "With the URI as given the function does not recover within its time limit of %g s. Add %s to the URI: "
              "then it recovers in %.1f s.",
              timeout_ms / 1000.0,
              fastest->uri_options,
              fastest->answer_ms / 1000);
   add_limits(out, fastest->answer_ms);
   return true;
}

double
keep_alive_next_s(uint16_t port)
{
   double soonest = -1;
   FILE *file = fopen("/proc/net/tcp", "re");
   if (file == NULL) {
      return soonest;
   }
   char line[512];
   while (fgets(line, sizeof line, file) != NULL) {
      unsigned remote_port, timer;
      unsigned long when;
      if (sscanf(line, " %*d: %*x:%*x %*x:%x %*x %*x:%*x %x:%lx", &remote_port, &timer, &when) == 3 &&
          remote_port == port && timer == TIMER_KEEP_ALIVE) {
         double seconds = (double)when / (double)sysconf(_SC_CLK_TCK);
         soonest = soonest < 0 || seconds < soonest ? seconds : soonest;
      }
   }
   fclose(file);
   return soonest;
}

/* RFC 9293, 3.8.4 (MUST-26), allows no probe while data is unacknowledged. So keep-alive can close a dead connection
 * while it is idle, but once a command was sent, it can't end the wait for the answer. */
void
keep_alive_advice(struct text_out out, double probe_s, double freeze_s, double timeout_s)
{
   if (probe_s < 0) {
      write_text(out, "%s", "");
   } else if (probe_s < freeze_s) {
      write_text(out,
                 "%s",
                 "TCP keep-alive probes were sent during the freeze, because here only the process is suspended. On "
                 "Lambda the kernel is frozen, too: do not rely on them.");
   } else if (probe_s < timeout_s) {
      write_text(out,
                 "TCP keep-alive does not help: its first probe would be sent after %.0f s, and none is sent while a "
                 "command is unacknowledged.",
                 probe_s);
   } else {
      write_text(out, "TCP keep-alive does not help: its first probe would be sent after %.0f s.", probe_s);
   }
}

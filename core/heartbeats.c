#include "heartbeats.h"

struct heartbeat_start
heartbeat_track_started(struct heartbeat_track *track, bool awaited, int64_t now_us)
{
   struct heartbeat_start start = {.interval_us = -1, .unpaired = track->in_progress};
   if (!awaited && track->last_poll_us != 0 && !track->retry_allowed) {
      start.interval_us = now_us - track->last_poll_us;
      start.too_close = start.interval_us < HEARTBEAT_MIN_INTERVAL_US - HEARTBEAT_TOLERANCE_US;
   }
   track->in_progress = true;
   track->started_us = now_us;
   track->last_poll_us = awaited ? 0 : now_us;
   track->retry_allowed = false;
   return start;
}

int64_t
heartbeat_track_ended(struct heartbeat_track *track, bool succeeded, int64_t now_us)
{
   if (!track->in_progress) {
      return -1;
   }
   track->in_progress = false;
   if (!succeeded && track->known) {
      track->retry_allowed = true;
   }
   track->known = succeeded;
   return now_us - track->started_us;
}

void
heartbeat_track_network_error(struct heartbeat_track *track)
{
   track->retry_allowed = true;
}

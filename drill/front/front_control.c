#include "clock.h"
#include "connection.h"
#include "front_state.h"

#define RELEASE_TIMEOUT_MS 5000

void
front_round_trip(struct front *front, unsigned round_trip_ms)
{
   loop_lock(&front->loop);
   front->set.round_trip_us = (int64_t)round_trip_ms * 1000;
   loop_unlock(&front->loop);
}

static bool
holds_nothing_back(const struct front_set *set)
{
   const struct connection *connection;
   LIST_FOREACH(connection, &set->connections, link) {
      bool is_held = connection->state == CONNECTION_DELAYED && connection->slow;
      if (!connection->member->frozen && (is_held || connection->request.write != NULL)) {
         return false;
      }
   }
   return true;
}

void
front_delay(struct front *front, const struct front_delays *delays)
{
   loop_lock(&front->loop);
   set_delay(&front->set, delays);
   if (!delays_are_any(&front->set.delays)) {
      loop_unlock(&front->loop);
      loop_lock(&front->loop);
      loop_wait(&front->loop, holds_nothing_back, RELEASE_TIMEOUT_MS);
   }
   loop_unlock(&front->loop);
}

int
front_failover(struct front *front, const struct front_failover *how, struct drill_error *error)
{
   loop_lock(&front->loop);
   int status = set_failover(&front->set, how, error);
   loop_unlock(&front->loop);
   return status;
}

int
front_failover_on(struct front *front, const char *command, const struct front_failover *how, struct drill_error *error)
{
   loop_lock(&front->loop);
   int status = set_arm_failover(&front->set, command, how, error);
   loop_unlock(&front->loop);
   return status;
}

int
front_change(struct front *front, enum front_change change, unsigned member, struct drill_error *error)
{
   loop_lock(&front->loop);
   int status = set_change(&front->set, change, member, error);
   loop_unlock(&front->loop);
   return status;
}

int
front_add_fault(struct front *front, const struct front_fault *fault, struct drill_error *error)
{
   loop_lock(&front->loop);
   int status = faults_add(&front->set.faults, fault, error);
   loop_unlock(&front->loop);
   return status;
}

void
front_clear_faults(struct front *front)
{
   loop_lock(&front->loop);
   faults_clear(&front->set.faults);
   front->set.failover_armed = false;
   loop_unlock(&front->loop);
}

size_t
front_end_connections(struct front *front, enum front_ending ending, int member)
{
   loop_lock(&front->loop);
   size_t ended = connections_end(&front->set, ending, member < 0 ? NULL : &front->set.members[member]);
   loop_unlock(&front->loop);
   return ended;
}

void
front_limit_connections(struct front *front, const struct front_limits *limits)
{
   loop_lock(&front->loop);
   limit_set(&front->set.limit, limits->most);
   pace_set(&front->set.pace, limits->per_second, limits->queue, clock_now_us());
   loop_unlock(&front->loop);
}

void
front_shed_commands(struct front *front, unsigned per_second, unsigned base_backoff_ms)
{
   loop_lock(&front->loop);
   pace_set(&front->set.shed, per_second, 0, clock_now_us());
   front->set.base_backoff_ms = base_backoff_ms;
   loop_unlock(&front->loop);
}

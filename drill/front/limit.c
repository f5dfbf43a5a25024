#include "limit.h"

#include "clock.h"
#include "owner.h"

#include <string.h>

void
limit_set(struct limit *limit, unsigned most)
{
   limit->most = most;
   limit->since_us = clock_now_us();
   struct front_limited told = {.refused = 0};
   memcpy(told.open, limit->told.open, sizeof told.open);
   limit->told = told;
}

/* Returns NULL when there are too many clients. */
static struct limit_client *
find_client(struct limit *limit, uid_t user, int64_t second)
{
   for (unsigned i = 0; i < limit->told.clients; i++) {
      if (limit->clients[i].user == user) {
         return &limit->clients[i];
      }
   }
   if (limit->told.clients == LIMIT_CLIENTS_MAX) {
      return NULL;
   }
   struct limit_client *client = &limit->clients[limit->told.clients++];
   *client = (struct limit_client){.user = user, .first_second = second, .second = second};
   return client;
}

void
limit_count_client(struct limit *limit, uid_t user, int64_t second)
{
   struct limit_client *client = find_client(limit, user, second);
   if (client == NULL) {
      return;
   }
   if (second != client->second) {
      /* A client's first second does not count as sustained, and neither does a second after a pause. */
      bool goes_on = second == client->second + 1 && client->second > client->first_second;
      client->before = goes_on ? client->now : 0;
      client->now = 0;
      client->second = second;
   }
   client->now++;
   unsigned kept_up = client->now < client->before ? client->now : client->before;
   limit->told.sustained = kept_up > limit->told.sustained ? kept_up : limit->told.sustained;
}

void
limit_count_refused(struct limit *limit, uint16_t port, uint16_t client_port)
{
   int64_t second = (clock_now_us() - limit->since_us) / 1000000;
   limit->told.refused++;
   if (second >= 0 && second < FRONT_LIMITED_SECONDS) {
      limit->told.refused_in_second[second]++;
   }
   uid_t user;
   if (owner_find(limit->owner_fd, client_port, port, &user)) {
      limit_count_client(limit, user, second);
   }
}

bool
limit_refuses(struct limit *limit, unsigned member, uint16_t port, uint16_t client_port)
{
   bool refuses = limit->most > 0 && limit->told.open[member] >= limit->most;
   if (refuses) {
      limit_count_refused(limit, port, client_port);
   }
   return refuses;
}

void
pace_set(struct pace *pace, unsigned per_second, unsigned queue, int64_t now_us)
{
   *pace = (struct pace){.per_second = per_second, .queue = queue};
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      pace->tokens[i] = per_second;
      pace->filled_us[i] = now_us;
   }
}

/* Like mongod's limiters: ingressConnectionEstablishmentRatePerSec or ingressRequestAdmissionRatePerSec tokens a
 * second, and room for those of ...BurstCapacitySecs, here one second. A connection that waits borrows a token, so that
 * the bucket is below zero, until the bucket is back at zero. A client that leaves the queue does not give its token
 * back (rate_limiter.cpp, acquireToken). */
bool
pace_refuses(struct pace *pace, unsigned member, unsigned waiting, int64_t now_us, int64_t *wait_us)
{
   *wait_us = 0;
   if (pace->per_second == 0) {
      return false;
   }
   double room = pace->per_second;
   double tokens = pace->tokens[member] + (double)(now_us - pace->filled_us[member]) * room / 1e6;
   tokens = tokens < room ? tokens : room;
   pace->filled_us[member] = now_us;
   bool refuses = tokens < 1 && waiting >= pace->queue;
   pace->tokens[member] = refuses ? tokens : tokens - 1;
   *wait_us = !refuses && pace->tokens[member] < 0 ? (int64_t)(-pace->tokens[member] / room * 1e6) + 1 : 0;
   return refuses;
}

#include "snapshot.h"

#include "clock.h"

#include <string.h>
#include <sys/random.h>

/* An ObjectId begins with this many bytes of the time. */
#define ID_TIME_BYTES 4

void
snapshot_init(struct snapshot *snapshot)
{
   snapshot->started_unix_us = clock_unix_us();
   atomic_init(&snapshot->restored, false);
}

void
snapshot_set_restored(struct snapshot *snapshot)
{
   atomic_store(&snapshot->restored, true);
}

bool
snapshot_is_restored(const struct snapshot *snapshot)
{
   return atomic_load(&snapshot->restored);
}

int64_t
snapshot_init_age_us(const struct snapshot *snapshot, int64_t now_unix_us)
{
   if (!snapshot_is_restored(snapshot)) {
      return -1;
   }
   return now_unix_us > snapshot->started_unix_us ? now_unix_us - snapshot->started_unix_us : 0;
}

void
snapshot_fresh_id(bson_oid_t *id)
{
   uint8_t random[sizeof id->bytes - ID_TIME_BYTES];
   bson_oid_init(id, NULL);
   if (getrandom(random, sizeof random, 0) == (ssize_t)sizeof random) {
      memcpy(id->bytes + ID_TIME_BYTES, random, sizeof random);
   }
}

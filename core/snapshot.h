/*
 * snapshot: whether this process is a copy of one that was started elsewhere and earlier (Lambda SnapStart), and what
 * copies must not share.
 */
#ifndef FAAS_CORE_SNAPSHOT_H
#define FAAS_CORE_SNAPSHOT_H

#include <bson/bson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct snapshot {
   int64_t started_unix_us; /* about the end of init */
   atomic_bool restored;
};

void snapshot_init(struct snapshot *snapshot);

/* Call when the platform says that this process is a copy. */
void snapshot_set_restored(struct snapshot *snapshot);
bool snapshot_is_restored(const struct snapshot *snapshot);

/* How long before now_unix_us a copy's init ran, by the wall clock, the only one that is right in a copy. -1: this
 * process is not a copy. */
int64_t snapshot_init_age_us(const struct snapshot *snapshot, int64_t now_unix_us);

/* Makes an ObjectId that no other copy makes. libbson's own has five random bytes and a counter, made once for each
 * process and therefore the same in all its copies; here the kernel supplies all eight. */
void snapshot_fresh_id(bson_oid_t *id);

#endif

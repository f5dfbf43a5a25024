/*
 * descendants: all processes that come of a first one, a function's or a server's, also those that left its group, its
 * session and their parents (setsid(2), daemon(3)): found, stopped, continued, killed, and what they use.
 *
 * They bear a mark, a number of their own in RLIMIT_LOCKS: every fork hands it on and exec keeps it, as it does any
 * resource limit, and Linux has not enforced this one since 2.4.25 (getrlimit(2)). A variable of the environment would
 * be gone after `env -i`, and the numbers of parents after a double fork.
 */
#ifndef FAAS_DRILL_DESCENDANTS_H
#define FAAS_DRILL_DESCENDANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct descendants {
   rlim_t mark;
   pid_t *ids; /* those that live, as last looked for */
   size_t count;
   int64_t looked_us;
   uint64_t shares_bytes; /* their memory, each page once, as last looked at */
   int64_t look_at_shares_us;
   long last_id; /* the newest of the whole machine when all of them stood still and were known; -1: look */
};

/* With a new mark. 0, or errno; clear it in any case. */
int descendants_init(struct descendants *descendants);
void descendants_clear(struct descendants *descendants);

/* The calling process, and all that will come of it. 0, or errno. Async-signal-safe. */
int descendants_join(rlim_t mark);

/* Whether there is any. */
bool descendants_live(struct descendants *descendants);

/* SIGSTOP to all, again until all stand still and no other is found. False when that took longer than until_us. */
bool descendants_stop(struct descendants *descendants, int64_t until_us);

/* SIGCONT to all that are not in group. */
void descendants_continue(struct descendants *descendants, pid_t group);

/* SIGKILL to all, again until none is found. False when that took longer than until_us. */
bool descendants_kill(struct descendants *descendants, int64_t until_us);

/* CPU time of all their threads, also of those that have ended. */
int64_t descendants_cpu_ns(struct descendants *descendants);

/* Resident memory. What several of them share counts for each as long as the sum is within limit, and once when it is
 * not: that takes long, and may be some time old. */
uint64_t descendants_resident_bytes(struct descendants *descendants, uint64_t limit);

#endif

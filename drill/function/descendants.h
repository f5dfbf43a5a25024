/*
 * descendants: finds, stops, continues and kills all descendants of a function's or server's first process, and
 * measures what they use, including those that left its group, its session and their parents (setsid(2), daemon(3)).
 *
 * All of them carry a mark, one random number in RLIMIT_LOCKS. Every fork passes the mark on and exec keeps it, as with
 * any resource limit, and Linux has not enforced this limit since 2.4.25 (getrlimit(2)). An environment variable would
 * be gone after `env -i`, and parent process numbers after a double fork.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct descendants {
   rlim_t mark;
   pid_t *ids; /* live processes, as of the last search */
   size_t count;
   int64_t looked_us;
   uint64_t shares_bytes; /* their memory with each page counted once, as of the last measurement */
   int64_t look_at_shares_us;
   long last_id; /* newest process of the machine when all were known and stopped; -1: search again */
};

/* Chooses a new mark. Returns 0 or errno; clear it in any case. */
int descendants_init(struct descendants *descendants);
void descendants_clear(struct descendants *descendants);

/* Marks the calling process, and so all its later descendants. Returns 0 or errno. Async-signal-safe. */
int descendants_join(rlim_t mark);

/* True if any descendant is alive. */
bool descendants_live(struct descendants *descendants);

/* Sends SIGSTOP to all, until all have stopped and the search finds no other. Returns false when that took longer than
 * until_us. */
bool descendants_stop(struct descendants *descendants, int64_t until_us);

/* Sends SIGCONT to all that are not in group. */
void descendants_continue(struct descendants *descendants, pid_t group);

/* Sends SIGKILL to all, until the search finds none. Returns false when that took longer than until_us. */
bool descendants_kill(struct descendants *descendants, int64_t until_us);

/* CPU time of all their threads, including threads that have ended. */
int64_t descendants_cpu_ns(struct descendants *descendants);

/* Resident memory. Shared pages count once for each process while the sum is within limit. Above it they count once
 * only: that takes long, so the figure may be some time old. */
uint64_t descendants_resident_bytes(struct descendants *descendants, uint64_t limit);

/* How often to look: each look reads files of /proc. */
#define MEMORY_USE_LOOK_MS 20

/* The peak memory of a function's processes, compared with their limit. */
struct memory_use {
   uint64_t limit; /* bytes */
   uint64_t most;  /* in bytes, so far */
};

/* Starts with nothing used. */
void memory_use_init(struct memory_use *use, unsigned limit_mb);

void memory_use_note(struct memory_use *use, struct descendants *descendants);

/* From the last look; does not look again. */
bool memory_use_is_over(const struct memory_use *use);

/* The most so far, rounded up, as Lambda reports it. */
unsigned memory_use_mb(const struct memory_use *use);

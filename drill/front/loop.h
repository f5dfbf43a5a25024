/*
 * loop: the front's one thread, which waits for sockets and timers, and the lock that guards the set.
 */
#pragma once

#include "set_state.h"

#include <pthread.h>

struct loop {
   pthread_mutex_t lock;
   pthread_cond_t changed; /* signalled after every turn, and after every call from outside */
   pthread_t thread;
   bool has_thread;
   bool stopping;
   unsigned settling;   /* calls of loop_settle */
   uint64_t turn;       /* number of the newest */
   uint64_t quiet_turn; /* newest that found no socket ready */
   struct watch wake;
   struct front_set *set;
};

/* Makes the set's epoll descriptor. loop_clear accepts a loop whose init failed. */
int loop_init(struct loop *loop, struct front_set *set, struct drill_error *error);
int loop_start(struct loop *loop, struct drill_error *error);
/* Ends the thread, if there is one. After that the caller has exclusive access to the set. */
void loop_stop(struct loop *loop);
void loop_clear(struct loop *loop);

void loop_lock(struct loop *loop);
/* Unlocks, and makes the thread check its timers again. */
void loop_unlock(struct loop *loop);

/* Waits until done returns true, for timeout_ms at most. The lock is held before and after. Returns done's last result.
 */
bool loop_wait(struct loop *loop, bool (*done)(const struct front_set *), unsigned timeout_ms);

/* Waits until the thread has handled every socket that was ready at the call, timeout_ms at most, because new ones may
 * become ready all the time. The lock is held before and after. */
void loop_settle(struct loop *loop, unsigned timeout_ms);

/*
 * loop: the front's one thread, which waits for sockets and for what is due, and the lock that guards the set. Stands
 * on traffic, set.
 */
#ifndef FAAS_DRILL_LOOP_H
#define FAAS_DRILL_LOOP_H

#include "set_state.h"

#include <pthread.h>

struct loop {
   pthread_mutex_t lock;
   pthread_cond_t changed; /* after every turn, and every call from outside */
   pthread_t thread;
   bool has_thread;
   bool stopping;
   struct watch wake;
   struct front_set *set;
};

/* Makes the set's epoll descriptor. loop_clear takes one whose init failed. */
int loop_init(struct loop *loop, struct front_set *set, struct drill_error *error);
int loop_start(struct loop *loop, struct drill_error *error);
/* Ends the thread, when there is one; the set is the caller's alone then. */
void loop_stop(struct loop *loop);
void loop_clear(struct loop *loop);

void loop_lock(struct loop *loop);
/* The thread looks again at what is due. */
void loop_unlock(struct loop *loop);

/* Waits for done, at most timeout_ms, with the lock held before and after; returns whether it is. */
bool loop_wait(struct loop *loop, bool (*done)(const struct front_set *), unsigned timeout_ms);

#endif

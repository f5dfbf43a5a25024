#include "loop.h"

#include "clock.h"
#include "connection.h"
#include "descriptors.h"
#include "set.h"
#include "thread.h"
#include "traffic.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#define EVENTS_AT_ONCE 64

static void
wake_ready(void *owner, uint32_t events)
{
   (void)events;
   const struct loop *loop = owner;
   wakeup_clear(loop->wake.fd);
}

void
loop_lock(struct loop *loop)
{
   pthread_mutex_lock(&loop->lock);
}

void
loop_unlock(struct loop *loop)
{
   pthread_cond_broadcast(&loop->changed);
   pthread_mutex_unlock(&loop->lock);
   wakeup_send(loop->wake.fd);
}

static void
tick(struct front_set *set, int64_t now_us)
{
   if (now_us < set->due_us) {
      return;
   }
   set->due_us = INT64_MAX;
   set_tick(set, now_us);
   traffic_tick(set, now_us);
}

static void *
run(void *argument)
{
   struct loop *loop = argument;
   struct epoll_event events[EVENTS_AT_ONCE];
   pthread_mutex_lock(&loop->lock);
   while (!loop->stopping) {
      int timeout_ms = loop->settling > 0 ? 0 : clock_timeout_ms(loop->set->due_us);
      uint64_t turn = ++loop->turn;
      pthread_mutex_unlock(&loop->lock);
      int count = epoll_wait(loop->set->epoll_fd, events, EVENTS_AT_ONCE, timeout_ms);
      pthread_mutex_lock(&loop->lock);
      for (int i = 0; i < count; i++) {
         struct watch *watch = events[i].data.ptr;
         watch->ready(watch->owner, events[i].events);
      }
      bool only_woken = count == 1 && events[0].data.ptr == &loop->wake;
      loop->quiet_turn = count == 0 || only_woken ? turn : loop->quiet_turn;
      tick(loop->set, clock_now_us());
      connections_reap(loop->set);
      pthread_cond_broadcast(&loop->changed);
   }
   pthread_mutex_unlock(&loop->lock);
   return NULL;
}

int
loop_start(struct loop *loop, struct drill_error *error)
{
   int status = thread_start(&loop->thread, run, loop);
   loop->has_thread = status == 0;
   if (status != 0) {
      drill_error_set(error, "cannot start the front's thread: %s", strerror(status));
   }
   return status == 0 ? 0 : -1;
}

void
loop_stop(struct loop *loop)
{
   if (!loop->has_thread) {
      return;
   }
   loop_lock(loop);
   loop->stopping = true;
   loop_unlock(loop);
   pthread_join(loop->thread, NULL);
   loop->has_thread = false;
}

int
loop_init(struct loop *loop, struct front_set *set, struct drill_error *error)
{
   pthread_mutex_init(&loop->lock, NULL);
   clock_condition_init(&loop->changed);
   loop->set = set;
   set->due_us = INT64_MAX;
   set->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
   loop->wake = (struct watch){
      .epoll_fd = set->epoll_fd, .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .ready = wake_ready, .owner = loop};
   if (set->epoll_fd < 0 || loop->wake.fd < 0 || watch_set(&loop->wake, EPOLLIN) != 0) {
      drill_error_set(error, "cannot create the front's event loop: %s", strerror(errno));
      return -1;
   }
   return 0;
}

void
loop_clear(struct loop *loop)
{
   watch_close(&loop->wake);
   descriptors_close(loop->set->epoll_fd);
   pthread_cond_destroy(&loop->changed);
   pthread_mutex_destroy(&loop->lock);
}

static struct timespec
deadline_in(unsigned timeout_ms)
{
   return clock_timespec(clock_now_us() + (int64_t)timeout_ms * 1000);
}

void
loop_settle(struct loop *loop, unsigned timeout_ms)
{
   const struct timespec deadline = deadline_in(timeout_ms);
   uint64_t under_way = loop->turn;
   int status = 0;
   loop->settling++;
   wakeup_send(loop->wake.fd);
   while (loop->quiet_turn <= under_way && status == 0) {
      status = pthread_cond_timedwait(&loop->changed, &loop->lock, &deadline);
   }
   loop->settling--;
}

bool
loop_wait(struct loop *loop, bool (*done)(const struct front_set *), unsigned timeout_ms)
{
   const struct timespec deadline = deadline_in(timeout_ms);
   int status = 0;
   while (!done(loop->set) && status == 0) {
      status = pthread_cond_timedwait(&loop->changed, &loop->lock, &deadline);
   }
   return done(loop->set);
}

#include "front.h"

#include "clock.h"
#include "connection.h"
#include "set.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define SERVER_TIMEOUT_MS 10000
#define OWED_TIMEOUT_MS 2000
#define EVENTS_AT_ONCE 64

struct front {
   pthread_mutex_t lock;
   pthread_cond_t changed; /* after every turn of the loop */
   pthread_t thread;
   bool has_thread;
   bool stopping;
   struct watch wake;
   char uri[128];
   struct front_set set;
};

static void
wake_ready(void *owner, uint32_t events)
{
   (void)events;
   struct front *front = owner;
   uint64_t value;
   ssize_t got = read(front->wake.fd, &value, sizeof value);
   (void)got;
}

static void
wake(struct front *front)
{
   uint64_t value = 1;
   ssize_t put = write(front->wake.fd, &value, sizeof value);
   (void)put;
}

static void
lock(struct front *front)
{
   pthread_mutex_lock(&front->lock);
}

/* The loop looks again at what is due. */
static void
unlock(struct front *front)
{
   pthread_cond_broadcast(&front->changed);
   pthread_mutex_unlock(&front->lock);
   wake(front);
}

static int
wait_ms(int64_t due_us)
{
   if (due_us == INT64_MAX) {
      return -1;
   }
   int64_t left_us = due_us - clock_now_us();
   return left_us <= 0 ? 0 : left_us > 60000000 ? 60000 : (int)((left_us + 999) / 1000);
}

static void *
run(void *argument)
{
   struct front *front = argument;
   struct epoll_event events[EVENTS_AT_ONCE];
   pthread_mutex_lock(&front->lock);
   while (!front->stopping) {
      int timeout_ms = wait_ms(front->set.due_us);
      pthread_mutex_unlock(&front->lock);
      int count = epoll_wait(front->set.epoll_fd, events, EVENTS_AT_ONCE, timeout_ms);
      pthread_mutex_lock(&front->lock);
      for (int i = 0; i < count; i++) {
         struct watch *watch = events[i].data.ptr;
         watch->ready(watch->owner, events[i].events);
      }
      set_tick(&front->set, clock_now_us());
      connection_reap(&front->set);
      pthread_cond_broadcast(&front->changed);
   }
   pthread_mutex_unlock(&front->lock);
   return NULL;
}

/* Signals are for the threads of the program. */
static int
start_thread(struct front *front)
{
   sigset_t all;
   sigset_t before;
   sigfillset(&all);
   pthread_sigmask(SIG_SETMASK, &all, &before);
   int status = pthread_create(&front->thread, NULL, run, front);
   pthread_sigmask(SIG_SETMASK, &before, NULL);
   front->has_thread = status == 0;
   return status;
}

static struct front *
front_allocate(void)
{
   struct front *front = calloc(1, sizeof *front);
   if (front == NULL) {
      return NULL;
   }
   pthread_mutex_init(&front->lock, NULL);
   pthread_condattr_t attributes;
   pthread_condattr_init(&attributes);
   pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
   pthread_cond_init(&front->changed, &attributes);
   pthread_condattr_destroy(&attributes);
   front->set.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
   front->set.due_us = INT64_MAX;
   front->wake = (struct watch){.epoll_fd = front->set.epoll_fd,
                                .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                                .ready = wake_ready,
                                .owner = front};
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      front->set.members[i].port_fd = -1;
      front->set.members[i].listener.fd = -1;
   }
   return front;
}

static int
open_members(struct front *front, struct drill_error *error)
{
   struct front_set *set = &front->set;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      if (member_init(&set->members[i], set, i, error) != 0) {
         return -1;
      }
   }
   snprintf(front->uri,
            sizeof front->uri,
            "mongodb://127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u/?replicaSet=" HELLO_SET_NAME,
            set->members[0].port,
            set->members[1].port,
            set->members[2].port);
   return set_init(set, error);
}

struct front *
front_new(const struct front_config *config, struct drill_error *error)
{
   struct front *front = front_allocate();
   if (front == NULL) {
      drill_error_set(error, "no memory for the front");
      return NULL;
   }
   struct front_set *set = &front->set;
   set->timeline = config->timeline;
   set->faults.timeline = config->timeline;
   set->record = record_new();
   if (set->record == NULL || set->epoll_fd < 0 || watch_set(&front->wake, EPOLLIN) != 0) {
      drill_error_set(error, "cannot make the front's event loop: %s", strerror(errno));
      goto failed;
   }
   if (server_init(&set->server, config->server_host, config->server_port, SERVER_TIMEOUT_MS, error) != 0 ||
       open_members(front, error) != 0) {
      goto failed;
   }
   int status = start_thread(front);
   if (status != 0) {
      drill_error_set(error, "cannot start the front's thread: %s", strerror(status));
      goto failed;
   }
   return front;
failed:
   front_destroy(front);
   return NULL;
}

void
front_destroy(struct front *front)
{
   if (front == NULL) {
      return;
   }
   if (front->has_thread) {
      lock(front);
      front->stopping = true;
      unlock(front);
      pthread_join(front->thread, NULL);
   }
   struct front_set *set = &front->set;
   connection_destroy_all(set);
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      member_clear(&set->members[i]);
   }
   faults_clear(&set->faults);
   timeline_end(set->timeline, set->no_primary_entry, false, NULL);
   record_destroy(set->record);
   server_clear(&set->server);
   bson_free(set->handshake);
   if (front->wake.fd >= 0) {
      close(front->wake.fd);
   }
   if (set->epoll_fd >= 0) {
      close(set->epoll_fd);
   }
   pthread_cond_destroy(&front->changed);
   pthread_mutex_destroy(&front->lock);
   free(front);
}

const char *
front_uri(const struct front *front)
{
   return front->uri;
}

uint16_t
front_port(const struct front *front, unsigned member)
{
   return member < FRONT_MEMBERS ? front->set.members[member].port : 0;
}

int
front_primary(struct front *front)
{
   lock(front);
   int primary = front->set.primary;
   unlock(front);
   return primary;
}

int
front_failover(struct front *front, const struct front_failover *how, struct drill_error *error)
{
   lock(front);
   int status = set_failover(&front->set, how, error);
   unlock(front);
   return status;
}

int
front_failover_on(struct front *front, const char *command, const struct front_failover *how, struct drill_error *error)
{
   lock(front);
   int status = set_arm_failover(&front->set, command, how, error);
   unlock(front);
   return status;
}

/* Waits for done, at most timeout_ms; the lock is held before and after. */
static bool
wait_until(struct front *front, bool (*done)(const struct front_set *), unsigned timeout_ms)
{
   struct timespec deadline;
   clock_gettime(CLOCK_MONOTONIC, &deadline);
   deadline.tv_sec += timeout_ms / 1000;
   deadline.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
   if (deadline.tv_nsec >= 1000000000) {
      deadline.tv_sec++;
      deadline.tv_nsec -= 1000000000;
   }
   int status = 0;
   while (!done(&front->set) && status == 0) {
      status = pthread_cond_timedwait(&front->changed, &front->lock, &deadline);
   }
   return done(&front->set);
}

static bool
has_primary(const struct front_set *set)
{
   return set->primary >= 0;
}

bool
front_wait_primary(struct front *front, unsigned timeout_ms)
{
   lock(front);
   bool has = wait_until(front, has_primary, timeout_ms);
   unlock(front);
   return has;
}

static int
change_member(struct front *front,
              int (*change)(struct front_set *, unsigned, struct drill_error *),
              unsigned member,
              struct drill_error *error)
{
   lock(front);
   int status = change(&front->set, member, error);
   unlock(front);
   return status;
}

int
front_kill(struct front *front, unsigned member, struct drill_error *error)
{
   return change_member(front, set_kill, member, error);
}

int
front_start(struct front *front, unsigned member, struct drill_error *error)
{
   return change_member(front, set_start, member, error);
}

int
front_freeze(struct front *front, unsigned member, struct drill_error *error)
{
   return change_member(front, set_freeze, member, error);
}

int
front_thaw(struct front *front, unsigned member, struct drill_error *error)
{
   return change_member(front, set_thaw, member, error);
}

int
front_add_fault(struct front *front, const struct front_fault *fault, struct drill_error *error)
{
   lock(front);
   int status = faults_add(&front->set.faults, fault, error);
   unlock(front);
   return status;
}

void
front_clear_faults(struct front *front)
{
   lock(front);
   faults_clear(&front->set.faults);
   unlock(front);
}

size_t
front_drop_connections(struct front *front)
{
   size_t dropped = 0;
   lock(front);
   struct connection *next;
   for (struct connection *connection = front->set.connections; connection != NULL; connection = next) {
      next = connection->next;
      if (connection_has_client(connection)) {
         connection_drop_client(connection);
         dropped++;
      }
   }
   timeline_moment(
      front->set.timeline, TIMELINE_FAULT, -1, false, "connections dropped", "%zu, their packets vanish", dropped);
   unlock(front);
   return dropped;
}

static bool
owes_nothing(const struct front_set *set)
{
   return set->replies_owed == 0;
}

/* A write whose client has gone is recorded when the server has answered it. */
struct front_write *
front_writes(struct front *front, size_t *count)
{
   lock(front);
   wait_until(front, owes_nothing, OWED_TIMEOUT_MS);
   struct front_write *writes = record_copy(front->set.record, count);
   unlock(front);
   return writes;
}

void
front_counters(struct front *front, struct front_counters *counters)
{
   lock(front);
   *counters = front->set.counters;
   unlock(front);
}

char *
front_handshake(struct front *front)
{
   lock(front);
   char *handshake = front->set.handshake == NULL ? NULL : strdup(front->set.handshake);
   unlock(front);
   return handshake;
}

int64_t
front_count_documents(struct front *front, const char *database, const char *collection, struct drill_error *error)
{
   bson_t *command = BCON_NEW("count", BCON_UTF8(collection), "$db", BCON_UTF8(database));
   bson_t *reply = server_ask(&front->set.server, command, SERVER_TIMEOUT_MS, error);
   bson_destroy(command);
   bson_iter_t iterator;
   int64_t count = -1;
   if (reply == NULL) {
      return -1;
   }
   if (bson_iter_init_find(&iterator, reply, "n") && BSON_ITER_HOLDS_NUMBER(&iterator)) {
      count = bson_iter_as_int64(&iterator);
   } else {
      const char *message = bson_iter_init_find(&iterator, reply, "errmsg") ? bson_iter_utf8(&iterator, NULL) : NULL;
      drill_error_set(error,
                      "%s did not count %s.%s: %s",
                      front->set.server.name,
                      database,
                      collection,
                      message == NULL ? "no n in its reply" : message);
   }
   bson_destroy(reply);
   return count;
}

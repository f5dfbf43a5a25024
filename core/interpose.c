/* With GNU extensions glibc declares connect with a transparent union, which no ISO C definition can match. */
#undef _GNU_SOURCE
#undef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* usleep */
#define _POSIX_C_SOURCE 200809L

#include "interpose.h"

#include "clock.h"
#include "connections.h"
#include "error.h"
#include "lane.h"
#include "next_symbol.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef int (*socket_function)(int, int, int);
typedef int (*connect_function)(int, const struct sockaddr *, socklen_t);
typedef int (*close_function)(int);
typedef ssize_t (*send_function)(int, const void *, size_t, int);
typedef ssize_t (*sendmsg_function)(int, const struct msghdr *, int);
typedef ssize_t (*recv_function)(int, void *, size_t, int);
typedef int (*getsockopt_function)(int, int, int, void *, socklen_t *);
typedef int (*usleep_function)(useconds_t);
typedef int (*timedwait_function)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

/* Global, because an interposed call has no parameter that could carry these. */
static _Atomic(socket_function) next_socket;
static _Atomic(connect_function) next_connect;
static _Atomic(close_function) next_close;
static _Atomic(send_function) next_send;
static _Atomic(sendmsg_function) next_sendmsg;
static _Atomic(recv_function) next_recv;
static _Atomic(getsockopt_function) next_getsockopt;
static _Atomic(usleep_function) next_usleep;
static _Atomic(timedwait_function) next_timedwait;

/* ISO C has no cast from an object pointer to a function pointer; POSIX guarantees the same representation. */
#define RESOLVE(type, name)                               \
   static type resolve_##name(void)                       \
   {                                                      \
      type known = atomic_load(&next_##name);             \
      if (known == NULL) {                                \
         *(void **)(&known) = next_symbol(SYMBOL_##name); \
         atomic_store(&next_##name, known);               \
      }                                                   \
      return known;                                       \
   }

#define SYMBOL_socket "socket"
#define SYMBOL_connect "connect"
#define SYMBOL_close "close"
#define SYMBOL_send "send"
#define SYMBOL_sendmsg "sendmsg"
#define SYMBOL_recv "recv"
#define SYMBOL_getsockopt "getsockopt"
#define SYMBOL_usleep "usleep"
#define SYMBOL_timedwait "pthread_cond_timedwait"

RESOLVE(socket_function, socket)
RESOLVE(connect_function, connect)
RESOLVE(close_function, close)
RESOLVE(send_function, send)
RESOLVE(sendmsg_function, sendmsg)
RESOLVE(recv_function, recv)
RESOLVE(getsockopt_function, getsockopt)
RESOLVE(usleep_function, usleep)
RESOLVE(timedwait_function, timedwait)

/* Returns the first symbol that nothing after this program defines; NULL when none is missing. */
static const char *
missing_symbol(void)
{
   return resolve_socket() == NULL       ? SYMBOL_socket
          : resolve_connect() == NULL    ? SYMBOL_connect
          : resolve_close() == NULL      ? SYMBOL_close
          : resolve_send() == NULL       ? SYMBOL_send
          : resolve_sendmsg() == NULL    ? SYMBOL_sendmsg
          : resolve_recv() == NULL       ? SYMBOL_recv
          : resolve_getsockopt() == NULL ? SYMBOL_getsockopt
          : resolve_usleep() == NULL     ? SYMBOL_usleep
          : resolve_timedwait() == NULL  ? SYMBOL_timedwait
                                         : NULL;
}

bool
interpose_install(struct faas_error *error)
{
   const char *missing = missing_symbol();
   if (missing != NULL) {
      faas_error_set(
         error,
         "Harness.StartFailed",
         "the C library has no shared symbol %s, which the harness replaces (a statically linked program has none)",
         missing);
   }
   return missing == NULL;
}

static int64_t
thread_deadline_us(void)
{
   struct lane *lane = lane_current();
   return lane == NULL ? INT64_MAX : atomic_load(&lane->deadline_unix_us);
}

static bool
is_over(void)
{
   int64_t until_us = thread_deadline_us();
   return until_us != INT64_MAX && clock_unix_us() >= until_us;
}

EXPORT int
socket(int domain, int type, int protocol)
{
   int descriptor = resolve_socket()(domain, type, protocol);
   if (descriptor < 0) {
      int saved = errno;
      connections_on_no_socket(type, saved);
      errno = saved;
   }
   return descriptor;
}

static int
socket_option(int descriptor, int option)
{
   int value = 0;
   socklen_t size = sizeof value;
   return resolve_getsockopt()(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : 0;
}

EXPORT int
connect(int descriptor, const struct sockaddr *address, socklen_t length)
{
   if (is_over()) {
      errno = ETIMEDOUT;
      return -1;
   }
   int result = resolve_connect()(descriptor, address, length);
   int saved = errno;
   bool under_way = result == 0 || saved == EINPROGRESS || saved == EINTR || saved == EAGAIN || saved == EALREADY;
   connections_on_connect(descriptor, socket_option(descriptor, SO_TYPE), address, length, under_way ? 0 : saved);
   errno = saved;
   return result;
}

EXPORT int
close(int descriptor)
{
   if (connections_await_connect(descriptor)) {
      connections_on_error(descriptor, socket_option(descriptor, SO_ERROR));
   }
   return connections_on_close(descriptor, resolve_close());
}

EXPORT int
getsockopt(int descriptor, int level, int option, void *value, socklen_t *length)
{
   int result = resolve_getsockopt()(descriptor, level, option, value, length);
   /* Reading SO_ERROR clears it, so this is the only chance to learn why a connect failed. */
   if (result == 0 && level == SOL_SOCKET && option == SO_ERROR && *length == sizeof(int)) {
      int saved = errno;
      connections_on_error(descriptor, *(const int *)value);
      errno = saved;
   }
   return result;
}

EXPORT ssize_t
send(int descriptor, const void *bytes, size_t length, int flags)
{
   if (is_over()) {
      errno = ETIMEDOUT;
      return -1;
   }
   ssize_t sent = resolve_send()(descriptor, bytes, length, flags);
   if (sent > 0) {
      int saved = errno;
      struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
      connections_on_sent(descriptor, &part, 1, (size_t)sent);
      errno = saved;
   }
   return sent;
}

EXPORT ssize_t
sendmsg(int descriptor, const struct msghdr *message, int flags)
{
   if (is_over()) {
      errno = ETIMEDOUT;
      return -1;
   }
   ssize_t sent = resolve_sendmsg()(descriptor, message, flags);
   if (sent > 0) {
      int saved = errno;
      connections_on_sent(descriptor, message->msg_iov, message->msg_iovlen, (size_t)sent);
      errno = saved;
   }
   return sent;
}

/* The driver reads only the four bytes of the length; the rest of the answer is still in the kernel. */
static void
tell_first_answer(int descriptor, const void *bytes, size_t received)
{
   unsigned char start[CONNECTIONS_FIRST_ANSWER_MAX];
   size_t length = received < sizeof start ? received : sizeof start;
   memcpy(start, bytes, length);
   if (length > 0 && length < sizeof start) {
      ssize_t more = resolve_recv()(descriptor, start + length, sizeof start - length, MSG_PEEK | MSG_DONTWAIT);
      length += more > 0 ? (size_t)more : 0;
   }
   connections_on_first_answer(descriptor, start, length);
}

EXPORT ssize_t
recv(int descriptor, void *bytes, size_t length, int flags)
{
   ssize_t received = resolve_recv()(descriptor, bytes, length, flags);
   int saved = errno;
   bool ended = received == 0 || (received < 0 && (saved == ECONNRESET || saved == EPIPE));
   if (length > 0 && (received > 0 || ended) && connections_await_answer(descriptor)) {
      tell_first_answer(descriptor, bytes, ended ? 0 : (size_t)received);
   }
   errno = saved;
   return received;
}

EXPORT int
usleep(useconds_t microseconds)
{
   struct lane *lane = lane_current();
   if (lane == NULL) {
      return resolve_usleep()(microseconds);
   }
   atomic_store(&lane->sleeps, true);
   int result = resolve_usleep()(microseconds);
   atomic_store(&lane->sleeps, false);
   return result;
}

EXPORT int
pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
   int64_t limit_us = thread_deadline_us();
   int64_t until_us = (int64_t)until->tv_sec * 1000000 + until->tv_nsec / 1000;
   if (until_us <= limit_us) {
      return resolve_timedwait()(condition, mutex, until);
   }
   struct timespec earlier = {.tv_sec = (time_t)(limit_us / 1000000), .tv_nsec = (long)(limit_us % 1000000) * 1000};
   return resolve_timedwait()(condition, mutex, &earlier);
}

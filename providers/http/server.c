#include "server_state.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
   CONNECTIONS_MAX = 512,
   IDLE_MAX_S = 30, /* a connection without traffic */
   DRAIN_MAX_S = 5, /* for the last answers to be sent */
   HEADERS_MAX = 32 * 1024
};

struct server *
server_new(const struct platform *platform, const struct server_limits *limits, const struct faas_host *host)
{
   struct server *server = calloc(1, sizeof *server);
   pthread_condattr_t monotonic;

   if (!server) {
      return NULL;
   }
   server->arrivals = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
   if (server->arrivals < 0) {
      free(server);
      return NULL;
   }
   server->platform = platform;
   server->limits = *limits;
   server->host = host;
   (void)pthread_mutex_init(&server->lock, NULL);
   (void)pthread_condattr_init(&monotonic);
   (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
   (void)pthread_cond_init(&server->sent, &monotonic);
   (void)pthread_condattr_destroy(&monotonic);
   return server;
}

bool
server_start(struct server *server, int listener)
{
   server->daemon = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME,
                                     0,
                                     NULL,
                                     NULL,
                                     server_on_request,
                                     server,
                                     MHD_OPTION_LISTEN_SOCKET,
                                     listener,
                                     MHD_OPTION_CONNECTION_LIMIT,
                                     (unsigned)CONNECTIONS_MAX,
                                     MHD_OPTION_CONNECTION_TIMEOUT,
                                     (unsigned)IDLE_MAX_S,
                                     MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                     (size_t)HEADERS_MAX,
                                     MHD_OPTION_NOTIFY_COMPLETED,
                                     server_on_request_end,
                                     server,
                                     MHD_OPTION_END);
   return server->daemon != NULL;
}

/* Takes a request from the queue; NULL when there is none. */
static struct request *
take(struct server *server)
{
   struct request *request;

   pthread_mutex_lock(&server->lock);
   request = server->first;
   if (request) {
      server->first = request->next;
      server->last = server->first ? server->last : NULL;
      request->next = server->opened;
      server->opened = request;
      request->state = STATE_OPEN;
      server->queued--;
      server->open++;
   }
   pthread_mutex_unlock(&server->lock);
   return request;
}

struct request *
server_next(struct server *server)
{
   struct pollfd waits[] = {
      {.fd = server->arrivals, .events = POLLIN},
      {.fd = server->host->stop_descriptor(server->host->context), .events = POLLIN},
   };
   uint64_t one;

   for (;;) {
      (void)poll(waits, 2, -1);
      if (server->host->stop_requested(server->host->context)) {
         return NULL;
      }
      if (read(server->arrivals, &one, sizeof one) == (ssize_t)sizeof one) {
         return take(server);
      }
   }
}

/* Call with the lock held. */
static void
leave_opened(struct server *server, const struct request *request)
{
   struct request **link = &server->opened;

   while (*link != request) {
      link = &(*link)->next;
   }
   *link = request->next;
}

/* The request may be gone as soon as its connection is resumed. */
static void
finish(struct server *server, struct request *request, unsigned status, char *answer, size_t length)
{
   struct MHD_Connection *connection = request->connection;

   pthread_mutex_lock(&server->lock);
   leave_opened(server, request);
   request->status = status;
   request->answer = answer;
   request->answer_length = length;
   request->state = STATE_ANSWERED;
   server->open--;
   server->unsent++;
   pthread_mutex_unlock(&server->lock);
   MHD_resume_connection(connection);
}

void
server_answer(struct server *server, struct request *request, unsigned status, const char *body, size_t length)
{
   char *copy = malloc(length > 0 ? length : 1);

   if (copy && length > 0) {
      memcpy(copy, body, length);
   }
   finish(server, request, status, copy, length);
}

bool
server_caller_gone(const struct request *request)
{
   char byte;
   ssize_t got = recv(request->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

   return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

const struct event *
server_event(const struct request *request)
{
   return &request->event;
}

static void
drain(struct server *server)
{
   struct timespec until;
   struct request *request;
   int status = 0;

   while ((request = take(server)) != NULL) {
      finish(server, request, MHD_HTTP_SERVICE_UNAVAILABLE, NULL, 0);
   }
   /* libmicrohttpd ends the process if a connection is still suspended when the server stops. No other thread answers
    * any more. */
   while (server->opened) {
      finish(server, server->opened, MHD_HTTP_SERVICE_UNAVAILABLE, NULL, 0);
   }
   (void)clock_gettime(CLOCK_MONOTONIC, &until);
   until.tv_sec += DRAIN_MAX_S;
   pthread_mutex_lock(&server->lock);
   while (server->unsent > 0 && status == 0) {
      status = pthread_cond_timedwait(&server->sent, &server->lock, &until);
   }
   pthread_mutex_unlock(&server->lock);
}

void
server_destroy(struct server *server)
{
   if (!server) {
      return;
   }
   if (server->daemon) {
      pthread_mutex_lock(&server->lock);
      server->closing = true;
      pthread_mutex_unlock(&server->lock);
      (void)MHD_quiesce_daemon(server->daemon);
      drain(server);
      MHD_stop_daemon(server->daemon);
   }
   (void)pthread_cond_destroy(&server->sent);
   (void)pthread_mutex_destroy(&server->lock);
   (void)close(server->arrivals);
   free(server);
}

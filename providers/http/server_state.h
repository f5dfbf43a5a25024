/*
 * server_state: what the server keeps. For server_requests.c, which receives requests and sends their answers on
 * libmicrohttpd's thread, and server.c, which hands them out as invocations.
 */
#ifndef HTTP_SERVER_STATE_H
#define HTTP_SERVER_STATE_H

#include "server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdint.h>

enum state { STATE_READING, STATE_QUEUED, STATE_OPEN, STATE_ANSWERED };

struct request {
   struct server *server;
   struct MHD_Connection *connection;
   int socket;
   struct event event;
   char *body;
   size_t length;
   size_t capacity;
   size_t discarded;
   unsigned refused; /* the status; 0: not refused */
   bool health;
   enum state state; /* the server's lock guards this and all that follows */
   unsigned status;
   char *answer; /* NULL: out of memory */
   size_t answer_length;
   struct request *next;
};

struct server {
   const struct platform *platform;
   struct server_limits limits;
   const struct faas_host *host;
   struct MHD_Daemon *daemon;
   int arrivals; /* an eventfd that counts the requests in the queue */
   pthread_mutex_t lock;
   pthread_cond_t sent;
   struct request *first;
   struct request *last;
   struct request *opened; /* a list of the open requests */
   unsigned queued;
   unsigned open;
   unsigned unsent; /* answered, but not sent yet */
   size_t held;
   uint64_t count;
   bool closing;
};

/* What libmicrohttpd calls: with a request's head, each piece of its body, and its end, when context is the server; and
 * once it is over. */
enum MHD_Result server_on_request(void *context,
                                  struct MHD_Connection *connection,
                                  const char *path,
                                  const char *method,
                                  const char *version,
                                  const char *bytes,
                                  size_t *length,
                                  void **state);
void server_on_request_end(void *context,
                           struct MHD_Connection *connection,
                           void **state,
                           enum MHD_RequestTerminationCode reason);

#endif

#include "dns_server.h"

#include "clock.h"
#include "descriptors.h"
#include "dns_answer.h"
#include "dns_ports.h"
#include "thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 32
/* Enough for 200 environments that ask for several names each at the same time. */
#define WAITING_MAX 4096

/* A client over TCP. */
struct client {
   int descriptor; /* -1: free */
   bool answered;
   struct dns_stream stream;
};

struct waiting {
   int64_t due_us;
   int client; /* -1: over UDP, to address */
   struct sockaddr_in address;
   uint8_t *bytes;
   size_t length;
};

struct dns_server {
   pthread_mutex_t lock; /* guards zone */
   struct dns_zone zone;
   struct witness *witness;
   struct dns_ports ports;
   char resolver[32 + INET_ADDRSTRLEN];
   atomic_uint round_trip_ms;
   atomic_bool ends;
   int wake;
   bool has_thread;
   pthread_t thread;
   struct client clients[CLIENTS_MAX];
   unsigned next_client; /* the client to be replaced when all are taken */
   struct waiting waiting[WAITING_MAX];
   size_t waiting_count;
};

/* --- answers that wait -------------------------------------------------------------------------------------------- */

static void
forget(struct dns_server *server, size_t index)
{
   free(server->waiting[index].bytes);
   server->waiting_count--;
   memmove(&server->waiting[index],
           &server->waiting[index + 1],
           (server->waiting_count - index) * sizeof server->waiting[index]);
}

static void
close_client(struct dns_server *server, int number)
{
   close(server->clients[number].descriptor);
   server->clients[number].descriptor = -1;
   for (size_t i = server->waiting_count; i > 0; i--) {
      if (server->waiting[i - 1].client == number) {
         forget(server, i - 1);
      }
   }
}

/* Sends the message, with its length before it: a few hundred bytes, which always fit. */
static void
send_to_client(struct dns_server *server, const struct waiting *answer)
{
   uint8_t bytes[DNS_PREFIX + UINT16_MAX];
   bytes[0] = (uint8_t)(answer->length >> 8);
   bytes[1] = (uint8_t)answer->length;
   memcpy(bytes + DNS_PREFIX, answer->bytes, answer->length);
   size_t length = DNS_PREFIX + answer->length;
   int descriptor = server->clients[answer->client].descriptor;
   if (send(descriptor, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length) {
      shutdown(descriptor, SHUT_RDWR);
   }
}

static void
send_due(struct dns_server *server, int64_t now_us)
{
   for (size_t i = 0; i < server->waiting_count;) {
      const struct waiting *answer = &server->waiting[i];
      if (answer->due_us > now_us) {
         i++;
         continue;
      }
      if (answer->client >= 0) {
         send_to_client(server, answer);
      } else {
         /* The client asks again if the answer is lost. */
         (void)sendto(server->ports.udp,
                      answer->bytes,
                      answer->length,
                      MSG_DONTWAIT,
                      (const struct sockaddr *)&answer->address,
                      sizeof answer->address);
      }
      forget(server, i);
   }
}

static int
next_timeout_ms(const struct dns_server *server)
{
   int64_t due_us = INT64_MAX;
   for (size_t i = 0; i < server->waiting_count; i++) {
      due_us = server->waiting[i].due_us < due_us ? server->waiting[i].due_us : due_us;
   }
   return clock_timeout_ms(due_us);
}

/* Queues the answer to a message. who says whom to answer; its bytes and its time are set here. */
static void
take_message(struct dns_server *server, const uint8_t *message, size_t length, struct waiting who, unsigned round_trips)
{
   struct dns_reply reply;
   pthread_mutex_lock(&server->lock);
   const struct dns_zone zone = server->zone;
   pthread_mutex_unlock(&server->lock);
   if (server->waiting_count == WAITING_MAX || !dns_answer(&zone, message, length, &reply)) {
      return;
   }
   if (reply.length > UINT16_MAX) {
      free(reply.bytes);
      return;
   }
   int64_t now_us = clock_now_us();
   who.bytes = reply.bytes;
   who.length = reply.length;
   who.due_us = now_us + (int64_t)atomic_load(&server->round_trip_ms) * 1000 * round_trips;
   server->waiting[server->waiting_count++] = who;
   struct witness_lookup lookup = {.start_us = now_us, .end_us = who.due_us, .round_trips = round_trips};
   (void)snprintf(lookup.name, sizeof lookup.name, "%.*s", (int)sizeof lookup.name - 1, reply.question.name);
   (void)snprintf(lookup.type, sizeof lookup.type, "%s", reply.question.type);
   witness_looked_up(server->witness, &lookup);
}

/* --- what comes --------------------------------------------------------------------------------------------------- */

static void
receive(struct dns_server *server)
{
   uint8_t bytes[DNS_QUERY_MAX];
   struct waiting who = {.client = -1};
   for (;;) {
      socklen_t size = sizeof who.address;
      ssize_t length = recvfrom(
         server->ports.udp, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&who.address, &size);
      if (length < 0) {
         return;
      }
      if ((size_t)length <= sizeof bytes) {
         take_message(server, bytes, (size_t)length, who, 1);
      }
   }
}

static void
accept_client(struct dns_server *server)
{
   int descriptor = accept4(server->ports.tcp, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
   if (descriptor < 0) {
      return;
   }
   unsigned number = 0;
   while (number < CLIENTS_MAX && server->clients[number].descriptor >= 0) {
      number++;
   }
   if (number == CLIENTS_MAX) {
      number = server->next_client;
      server->next_client = (number + 1) % CLIENTS_MAX;
      close_client(server, (int)number);
   }
   server->clients[number] = (struct client){.descriptor = descriptor};
}

/* Answers the whole queries in what has come. Returns false when one is longer than any query. */
static bool
take_messages(struct dns_server *server, int number)
{
   struct client *client = &server->clients[number];
   uint8_t query[DNS_QUERY_MAX];
   size_t length;
   enum dns_stream_next next;
   while ((next = dns_stream_next(&client->stream, query, &length)) == DNS_STREAM_QUERY) {
      /* The kernel connects at once, so the first answer is late by TCP's round trip, too. */
      take_message(server, query, length, (struct waiting){.client = number}, client->answered ? 1 : 2);
      client->answered = true;
   }
   return next != DNS_STREAM_BROKEN;
}

static void
receive_from(struct dns_server *server, int number)
{
   struct client *client = &server->clients[number];
   struct dns_stream *stream = &client->stream;
   ssize_t length =
      recv(client->descriptor, stream->bytes + stream->length, sizeof stream->bytes - stream->length, MSG_DONTWAIT);
   if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
   }
   stream->length += length > 0 ? (size_t)length : 0;
   if (length <= 0 || !take_messages(server, number)) {
      close_client(server, number);
   }
}

static void *
run(void *argument)
{
   struct dns_server *server = argument;
   struct pollfd watched[3 + CLIENTS_MAX];
   while (!atomic_load(&server->ends)) {
      watched[0] = (struct pollfd){.fd = server->wake, .events = POLLIN};
      watched[1] = (struct pollfd){.fd = server->ports.udp, .events = POLLIN};
      watched[2] = (struct pollfd){.fd = server->ports.tcp, .events = POLLIN};
      for (int i = 0; i < CLIENTS_MAX; i++) {
         watched[3 + i] = (struct pollfd){.fd = server->clients[i].descriptor, .events = POLLIN};
      }
      if (poll(watched, sizeof watched / sizeof watched[0], next_timeout_ms(server)) < 0) {
         continue;
      }
      for (int i = 0; i < CLIENTS_MAX; i++) {
         if (watched[3 + i].revents != 0) {
            receive_from(server, i);
         }
      }
      if (watched[1].revents != 0) {
         receive(server);
      }
      if (watched[2].revents != 0) {
         accept_client(server);
      }
      send_due(server, clock_now_us());
   }
   return NULL;
}

/* --- the server --------------------------------------------------------------------------------------------------- */

struct dns_server *
dns_server_new(const struct dns_zone *zone, unsigned round_trip_ms, struct witness *witness, struct drill_error *error)
{
   struct dns_server *server = calloc(1, sizeof *server);
   if (server == NULL) {
      drill_error_set(error, "out of memory: could not create the DNS server");
      return NULL;
   }
   pthread_mutex_init(&server->lock, NULL);
   server->zone = *zone;
   server->witness = witness;
   for (int i = 0; i < CLIENTS_MAX; i++) {
      server->clients[i].descriptor = -1;
   }
   atomic_init(&server->round_trip_ms, round_trip_ms);
   server->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   int problem = server->wake < 0 ? errno : 0;
   if (dns_ports_init(&server->ports, error) != 0) {
      dns_server_destroy(server);
      return NULL;
   }
   (void)snprintf(server->resolver, sizeof server->resolver, "nameserver %s\n", server->ports.address);
   problem = problem != 0 ? problem : thread_start(&server->thread, run, server);
   server->has_thread = problem == 0;
   if (problem != 0) {
      drill_error_set(error, "cannot start the DNS server's thread: %s", strerror(problem));
      dns_server_destroy(server);
      return NULL;
   }
   return server;
}

void
dns_server_destroy(struct dns_server *server)
{
   if (server == NULL) {
      return;
   }
   if (server->has_thread) {
      atomic_store(&server->ends, true);
      wakeup_send(server->wake);
      pthread_join(server->thread, NULL);
   }
   for (int i = 0; i < CLIENTS_MAX; i++) {
      if (server->clients[i].descriptor >= 0) {
         close_client(server, i);
      }
   }
   while (server->waiting_count > 0) {
      forget(server, server->waiting_count - 1);
   }
   dns_ports_clear(&server->ports);
   descriptors_close(server->wake);
   pthread_mutex_destroy(&server->lock);
   free(server);
}

const char *
dns_server_resolver(const struct dns_server *server)
{
   return server->resolver;
}

void
dns_server_change_zone(struct dns_server *server, const struct dns_zone *zone)
{
   pthread_mutex_lock(&server->lock);
   server->zone = *zone;
   pthread_mutex_unlock(&server->lock);
}

void
dns_server_round_trip(struct dns_server *server, unsigned round_trip_ms)
{
   atomic_store(&server->round_trip_ms, round_trip_ms);
}

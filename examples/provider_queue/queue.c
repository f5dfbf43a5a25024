/* A platform that pushes: each connection to a Unix socket is an event, four at once; the answer goes back over it.
 * Build it with -D_GNU_SOURCE, as docs/writing-a-provider.md says under "Build". */
#include <faas_harness/provider.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct queue {
   const struct faas_host *host;
   struct sockaddr_un address;
   int listener;
   unsigned count;
};

/* One that is open. next makes it, respond and fail release it. */
struct event {
   int connection;
   char id[32], payload[4096];
};

static enum faas_result
refuse(struct faas_error *error, const char *expected)
{
   snprintf(error->type, sizeof error->type, "Provider.QueueFailed");
   snprintf(error->message, sizeof error->message, "expected %s, found: %s", expected, strerror(errno));
   return FAAS_ERROR;
}

static void
queue_close(void *state)
{
   struct queue *queue = state;
   close(queue->listener);
   unlink(queue->address.sun_path);
   free(queue);
}

static enum faas_result
queue_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   struct queue *queue = calloc(1, sizeof *queue);
   enum faas_result result = FAAS_ERROR;
   if (!queue) {
      return refuse(error, "memory for the provider");
   }
   queue->host = host;
   queue->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
   queue->address.sun_family = AF_UNIX;
   snprintf(queue->address.sun_path, sizeof queue->address.sun_path, "%s", host->option(host->context, "socket"));
   if (bind(queue->listener, (struct sockaddr *)&queue->address, sizeof queue->address)) {
      result = refuse(error, "option socket to name a socket that can be made");
      close(queue->listener);
      free(queue);
      return result;
   }
   if (listen(queue->listener, 16)) {
      result = refuse(error, "to listen");
      queue_close(queue);
      return result;
   }
   *state = queue;
   return FAAS_OK;
}

/* next never runs beside another next, so count needs no lock. */
static enum faas_result
queue_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct queue *queue = state;
   struct pollfd wait[] = {{.fd = queue->listener, .events = POLLIN},
                           {.fd = queue->host->stop_descriptor(queue->host->context), .events = POLLIN}};
   if (poll(wait, 2, -1) < 0 || wait[1].revents) {
      return FAAS_END;
   }
   struct event *event = calloc(1, sizeof *event);
   if (!event || (event->connection = accept4(queue->listener, NULL, NULL, SOCK_CLOEXEC)) < 0) {
      free(event);
      return refuse(error, "a connection");
   }
   ssize_t length = read(event->connection, event->payload, sizeof event->payload);
   snprintf(event->id, sizeof event->id, "queue-%u", ++queue->count);
   invocation->id = event->id;
   invocation->payload = event->payload;
   invocation->payload_length = length > 0 ? (size_t)length : 0;
   invocation->provider_data = event;
   return FAAS_OK;
}

/* The sender may be gone by now; that is not an error. */
static enum faas_result
answer(const struct faas_invocation *invocation, const char *text, size_t length)
{
   struct event *event = invocation->provider_data;
   for (ssize_t sent = 1; sent > 0 && length > 0; text += sent, length -= (size_t)sent) {
      sent = send(event->connection, text, length, MSG_NOSIGNAL);
   }
   close(event->connection);
   free(event);
   return FAAS_OK;
}

static enum faas_result
queue_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)state, (void)error;
   return answer(invocation, report, length);
}

static enum faas_result
queue_fail(void *state,
           const struct faas_invocation *invocation,
           const struct faas_failure *why,
           struct faas_error *error)
{
   (void)state, (void)error;
   return why->report ? answer(invocation, why->report, why->report_length)
                      : answer(invocation, why->message, strlen(why->message));
}

static const struct faas_option OPTIONS[] = {{"socket", "queue.sock", "path of the socket that events come to"},
                                             {NULL, NULL, NULL}};

static const struct faas_provider QUEUE = {
   .size = sizeof QUEUE,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = 4,
   .threads = FAAS_THREADS_NEXT_ALONE,
   .name = "queue",
   .version = "1.0.0",
   .description = "events from connections to a Unix socket, four at once",
   .options = OPTIONS,
   .open = queue_open,
   .next = queue_next,
   .respond = queue_respond,
   .fail = queue_fail,
   .close = queue_close,
};

FAAS_PROVIDER_REGISTER(QUEUE)

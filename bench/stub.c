/*
 * stub: a replica set of one member that stores nothing and acknowledges at once, so that a round takes only the
 * client's own time. It prints its URI, and ends when stdin does.
 *
 * It speaks OP_MSG and, for the first hello, OP_QUERY. The reply to each command is prepared once; only the request's
 * id is filled in. It offers no topologyVersion, so no driver streams.
 */
#include <mongoc/mongoc.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OP_REPLY = 1, OP_QUERY = 2004, OP_MSG = 2013 };
enum { HEADER_BYTES = 16, REQUEST_MAX = 65536, CLIENTS_MAX = 64, REPLY_MAX = 1024 };
enum { WIRE_VERSION_MAX = 21 }; /* MongoDB 7.0 */

struct reply {
   unsigned char bytes[REPLY_MAX];
   size_t length;
};

struct client {
   int descriptor;
   size_t length;
   unsigned char request[REQUEST_MAX];
};

struct server {
   int listener;
   struct reply old_hello; /* OP_REPLY */
   struct reply hello;
   struct reply written; /* n: 1 */
   struct reply ok;
   size_t client_count;
   struct client *clients[CLIENTS_MAX];
};

static void
put_int32(unsigned char *to, uint32_t value)
{
   for (int i = 0; i < 4; i++) {
      to[i] = (unsigned char)(value >> (8 * i));
   }
}

static uint32_t
get_int32(const unsigned char *from)
{
   return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

static void
make_reply(struct reply *reply, uint32_t opcode, const bson_t *document)
{
   /* OP_REPLY: responseFlags, cursorID, startingFrom, numberReturned (1). OP_MSG: flagBits, a section of kind 0. */
   size_t prefix = opcode == OP_REPLY ? 20 : 5;
   memset(reply, 0, sizeof *reply);
   reply->length = HEADER_BYTES + prefix + document->len;
   if (reply->length > REPLY_MAX) {
      abort();
   }
   put_int32(reply->bytes, (uint32_t)reply->length);
   put_int32(reply->bytes + 12, opcode);
   if (opcode == OP_REPLY) {
      put_int32(reply->bytes + HEADER_BYTES + 16, 1);
   }
   memcpy(reply->bytes + HEADER_BYTES + prefix, bson_get_data(document), document->len);
}

/* Fields in a replica set's replies that drivers send back (Driver Sessions, "Gossipping the cluster time"). */
static void
add_times(bson_t *reply)
{
   static const uint8_t hash[20];
   bson_t signature = BSON_INITIALIZER;
   BSON_APPEND_BINARY(&signature, "hash", BSON_SUBTYPE_BINARY, hash, sizeof hash);
   BSON_APPEND_INT64(&signature, "keyId", 0);
   bson_t cluster_time = BSON_INITIALIZER;
   BSON_APPEND_TIMESTAMP(&cluster_time, "clusterTime", 1700000000, 1);
   BSON_APPEND_DOCUMENT(&cluster_time, "signature", &signature);
   BSON_APPEND_DOCUMENT(reply, "$clusterTime", &cluster_time);
   BSON_APPEND_TIMESTAMP(reply, "operationTime", 1700000000, 1);
   bson_destroy(&cluster_time);
   bson_destroy(&signature);
}

static void
make_replies(struct server *server, unsigned port)
{
   char address[32];
   (void)snprintf(address, sizeof address, "127.0.0.1:%u", port);
   bson_oid_t election;
   bson_oid_init_from_string(&election, "7fffffff0000000000000001");
   bson_t hosts = BSON_INITIALIZER;
   BSON_APPEND_UTF8(&hosts, "0", address);
   bson_t hello = BSON_INITIALIZER;
   BSON_APPEND_BOOL(&hello, "helloOk", true);
   BSON_APPEND_BOOL(&hello, "isWritablePrimary", true);
   BSON_APPEND_BOOL(&hello, "ismaster", true);
   BSON_APPEND_UTF8(&hello, "setName", "stub");
   BSON_APPEND_INT32(&hello, "setVersion", 1);
   BSON_APPEND_OID(&hello, "electionId", &election);
   BSON_APPEND_ARRAY(&hello, "hosts", &hosts);
   BSON_APPEND_UTF8(&hello, "primary", address);
   BSON_APPEND_UTF8(&hello, "me", address);
   BSON_APPEND_INT32(&hello, "maxBsonObjectSize", 16 * 1024 * 1024);
   BSON_APPEND_INT32(&hello, "maxMessageSizeBytes", 48000000);
   BSON_APPEND_INT32(&hello, "maxWriteBatchSize", 100000);
   BSON_APPEND_INT32(&hello, "logicalSessionTimeoutMinutes", 30);
   BSON_APPEND_INT32(&hello, "minWireVersion", 0);
   BSON_APPEND_INT32(&hello, "maxWireVersion", WIRE_VERSION_MAX);
   BSON_APPEND_DOUBLE(&hello, "ok", 1);
   bson_t ok = BSON_INITIALIZER;
   BSON_APPEND_DOUBLE(&ok, "ok", 1);
   bson_t written = BSON_INITIALIZER;
   BSON_APPEND_INT32(&written, "n", 1);
   BSON_APPEND_OID(&written, "electionId", &election);
   BSON_APPEND_DOUBLE(&written, "ok", 1);
   add_times(&written);
   add_times(&hello);
   make_reply(&server->old_hello, OP_REPLY, &hello);
   make_reply(&server->hello, OP_MSG, &hello);
   make_reply(&server->written, OP_MSG, &written);
   make_reply(&server->ok, OP_MSG, &ok);
   bson_destroy(&written);
   bson_destroy(&ok);
   bson_destroy(&hello);
   bson_destroy(&hosts);
}

/* Returns NULL for an unknown request. The key of a document's first element is the command's name. */
static struct reply *
reply_to(struct server *server, const unsigned char *request, size_t length)
{
   uint32_t opcode = get_int32(request + 12);
   if (opcode == OP_QUERY) {
      return &server->old_hello;
   }
   size_t name_at = HEADER_BYTES + 5 + 5;
   if (opcode != OP_MSG || length <= name_at || request[length - 1] != '\0') {
      return NULL;
   }
   const char *name = (const char *)request + name_at;
   if (strcmp(name, "insert") == 0 || strcmp(name, "delete") == 0) {
      return &server->written;
   }
   return strcmp(name, "hello") == 0 || strcmp(name, "isMaster") == 0 ? &server->hello : &server->ok;
}

/* Returns false when the client must be dropped. */
static bool
answer_whole_requests(struct server *server, struct client *client)
{
   size_t at = 0;
   while (client->length - at >= HEADER_BYTES) {
      const unsigned char *request = client->request + at;
      size_t length = get_int32(request);
      if (length < HEADER_BYTES || length > REQUEST_MAX) {
         return false;
      }
      if (length > client->length - at) {
         break;
      }
      struct reply *reply = reply_to(server, request, length);
      if (reply == NULL) {
         return false;
      }
      memcpy(reply->bytes + 8, request + 4, 4); /* responseTo */
      if (send(client->descriptor, reply->bytes, reply->length, MSG_NOSIGNAL) != (ssize_t)reply->length) {
         return false;
      }
      at += length;
   }
   memmove(client->request, client->request + at, client->length - at);
   client->length -= at;
   return true;
}

static bool
serve(struct server *server, struct client *client)
{
   ssize_t got = recv(client->descriptor, client->request + client->length, REQUEST_MAX - client->length, 0);
   if (got <= 0) {
      return got < 0 && errno == EINTR;
   }
   client->length += (size_t)got;
   return answer_whole_requests(server, client);
}

static void
let_in(struct server *server)
{
   int on = 1;
   int descriptor = accept(server->listener, NULL, NULL);
   if (descriptor < 0) {
      return;
   }
   struct client *client = server->client_count == CLIENTS_MAX ? NULL : calloc(1, sizeof *client);
   if (client == NULL) {
      (void)close(descriptor);
      return;
   }
   (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   client->descriptor = descriptor;
   server->clients[server->client_count++] = client;
}

static void
let_go(struct server *server, size_t index)
{
   (void)close(server->clients[index]->descriptor);
   free(server->clients[index]);
   server->clients[index] = server->clients[--server->client_count];
}

static void
serve_until_stdin_ends(struct server *server)
{
   for (;;) {
      struct pollfd waits[CLIENTS_MAX + 2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                              {.fd = server->listener, .events = POLLIN}};
      for (size_t i = 0; i < server->client_count; i++) {
         waits[i + 2] = (struct pollfd){.fd = server->clients[i]->descriptor, .events = POLLIN};
      }
      if (poll(waits, server->client_count + 2, -1) < 0 && errno != EINTR) {
         return;
      }
      if (waits[0].revents != 0) {
         return;
      }
      /* Backwards, because dropping a client moves the last one into its place. */
      for (size_t i = server->client_count; i > 0; i--) {
         if (waits[i + 1].revents != 0 && !serve(server, server->clients[i - 1])) {
            let_go(server, i - 1);
         }
      }
      if (waits[1].revents != 0) {
         let_in(server);
      }
   }
}

int
main(void)
{
   static struct server server;
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
   socklen_t size = sizeof address;
   server.listener = socket(AF_INET, SOCK_STREAM, 0);
   if (server.listener < 0 || bind(server.listener, (struct sockaddr *)&address, size) != 0 ||
       listen(server.listener, CLIENTS_MAX) != 0 ||
       getsockname(server.listener, (struct sockaddr *)&address, &size) != 0) {
      perror("stub");
      return 1;
   }
   unsigned port = ntohs(address.sin_port);
   make_replies(&server, port);
   (void)printf("mongodb://127.0.0.1:%u/?replicaSet=stub\n", port);
   (void)fflush(stdout);
   serve_until_stdin_ends(&server);
   while (server.client_count > 0) {
      let_go(&server, 0);
   }
   (void)close(server.listener);
   return 0;
}

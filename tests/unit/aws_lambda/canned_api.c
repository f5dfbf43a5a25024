#include "canned_api.h"

#include "test_main.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns false when the client closed the connection instead. */
static bool
read_request(int connection)
{
   char text[4096];
   size_t length = 0;
   const char *end = NULL;
   size_t body = 0;

   while (end == NULL || length < (size_t)(end - text) + 4 + body) {
      ssize_t got = recv(connection, text + length, sizeof text - 1 - length, 0);

      if (got <= 0) {
         return false;
      }
      length += (size_t)got;
      text[length] = '\0';
      end = strstr(text, "\r\n\r\n");
      const char *field = strstr(text, "Content-Length: ");
      body = field == NULL ? 0 : strtoul(field + 16, NULL, 10);
   }
   return true;
}

static void
say(const struct canned_api *api, int connection, const char *text)
{
   size_t half = strlen(text) / 2;

   (void)send(connection, text, half, MSG_NOSIGNAL);
   if (api->meanwhile != NULL) {
      api->meanwhile();
   }
   (void)send(connection, text + half, strlen(text) - half, MSG_NOSIGNAL);
}

static void
close_here(struct canned_api *api, int connection)
{
   struct tcp_info info = {0};

   (void)shutdown(connection, SHUT_WR);
   do {
      socklen_t length = sizeof info;
      (void)getsockopt(connection, IPPROTO_TCP, TCP_INFO, &info, &length);
   } while (info.tcpi_state == TCP_FIN_WAIT1);
   (void)sem_post(&api->closed);
}

static void *
serve(void *context)
{
   struct canned_api *api = context;

   for (const char *const *answer = api->answers; *answer != NULL; api->connections++) {
      int connection = accept(api->listener, NULL, NULL);

      for (bool open = true; open && *answer != NULL && read_request(connection); answer++) {
         say(api, connection, *answer);
         if (api->closes) {
            close_here(api, connection);
            open = false;
         }
      }
      close(connection);
   }
   return NULL;
}

void
canned_api_start(struct canned_api *api, const char *const *answers)
{
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   socklen_t length = sizeof address;

   api->answers = answers;
   api->connections = 0;
   api->listener = socket(AF_INET, SOCK_STREAM, 0);
   assert_int_equal(0, bind(api->listener, (struct sockaddr *)&address, sizeof address));
   assert_int_equal(0, listen(api->listener, 4));
   assert_int_equal(0, getsockname(api->listener, (struct sockaddr *)&address, &length));
   (void)snprintf(api->address, sizeof api->address, "127.0.0.1:%d", ntohs(address.sin_port));
   assert_int_equal(0, sem_init(&api->closed, 0, 0));
   assert_int_equal(0, pthread_create(&api->thread, NULL, serve, api));
}

int
canned_api_join(struct canned_api *api)
{
   pthread_join(api->thread, NULL);
   close(api->listener);
   sem_destroy(&api->closed);
   return api->connections;
}

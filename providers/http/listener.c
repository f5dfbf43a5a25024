#include "listener.h"

#include "provider_error.h"
#include "provider_number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static const char UNIX_PREFIX[] = "unix:";

static enum faas_result
bad_address(const char *address, struct faas_error *error)
{
   provider_error_set(
      error,
      "Provider.BadOption",
      "the address to listen on must be like 127.0.0.1:8080 or unix:/tmp/iofs/lsnr.sock, found '%.100s'",
      address);
   return FAAS_ERROR;
}

static enum faas_result
not_listening(struct listener *listener, struct faas_error *error)
{
   provider_error_set(error,
                      "Provider.NotListening",
                      "cannot listen on %s: %s; choose another address with the option listen",
                      listener->address,
                      strerror(errno));
   listener_clear(listener);
   return FAAS_ERROR;
}

static bool
read_address(const char *text, struct sockaddr_in *address)
{
   char host[INET_ADDRSTRLEN];
   const char *colon = strrchr(text, ':');

   if (!colon || colon == text || (size_t)(colon - text) >= sizeof host) {
      return false;
   }
   memcpy(host, text, (size_t)(colon - text));
   host[colon - text] = '\0';
   int64_t port = provider_number(colon + 1, strlen(colon + 1));
   memset(address, 0, sizeof *address);
   address->sin_family = AF_INET;
   address->sin_port = htons((in_port_t)port);
   return port >= 0 && port <= 65535 && inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

static enum faas_result
bind_tcp(struct listener *listener, const char *text, struct faas_error *error)
{
   struct sockaddr_in address;
   socklen_t length = sizeof address;
   char host[INET_ADDRSTRLEN];
   const int yes = 1;

   if (!read_address(text, &address)) {
      return bad_address(text, error);
   }
   snprintf(listener->address, sizeof listener->address, "%s", text);
   listener->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
   if (listener->descriptor < 0 || setsockopt(listener->descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
       bind(listener->descriptor, (const struct sockaddr *)&address, sizeof address) != 0 ||
       getsockname(listener->descriptor, (struct sockaddr *)&address, &length) != 0) {
      return not_listening(listener, error);
   }
   (void)inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
   snprintf(listener->address, sizeof listener->address, "%s:%u", host, ntohs(address.sin_port));
   return FAAS_OK;
}

/* Fn takes the function for ready as soon as the path exists, so the socket is created under another name. */
static enum faas_result
bind_unix(struct listener *listener, const char *path, struct faas_error *error)
{
   struct sockaddr_un address = {.sun_family = AF_UNIX};

   if (*path != '/' || strlen(path) + sizeof ".harness" > sizeof address.sun_path) {
      return bad_address(path, error);
   }
   snprintf(listener->address, sizeof listener->address, "%s%s", UNIX_PREFIX, path);
   snprintf(address.sun_path, sizeof address.sun_path, "%s.harness", path);
   listener->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
   if (listener->descriptor < 0 || (unlink(address.sun_path) != 0 && errno != ENOENT) ||
       bind(listener->descriptor, (const struct sockaddr *)&address, sizeof address) != 0) {
      return not_listening(listener, error);
   }
   memcpy(listener->path, address.sun_path, sizeof listener->path);
   snprintf(listener->link, sizeof listener->link, "%s", path);
   if (chmod(listener->path, 0666) != 0) {
      return not_listening(listener, error);
   }
   return FAAS_OK;
}

enum faas_result
listener_init(struct listener *listener, const char *address, struct faas_error *error)
{
   memset(listener, 0, sizeof *listener);
   listener->descriptor = -1;
   return strncmp(address, UNIX_PREFIX, sizeof UNIX_PREFIX - 1) == 0
             ? bind_unix(listener, address + sizeof UNIX_PREFIX - 1, error)
             : bind_tcp(listener, address, error);
}

enum faas_result
listener_start(struct listener *listener, struct faas_error *error)
{
   if (listen(listener->descriptor, BACKLOG) != 0) {
      return not_listening(listener, error);
   }
   if (listener->link[0] != '\0') {
      const char *name = strrchr(listener->path, '/') + 1; /* Fn may see the folder under another path */

      if ((unlink(listener->link) != 0 && errno != ENOENT) || symlink(name, listener->link) != 0) {
         return not_listening(listener, error);
      }
   }
   return FAAS_OK;
}

void
listener_clear(struct listener *listener)
{
   if (listener->link[0] != '\0') {
      (void)unlink(listener->link);
      (void)unlink(listener->path);
      listener->link[0] = '\0';
   }
   if (listener->descriptor >= 0) {
      (void)close(listener->descriptor);
      listener->descriptor = -1;
   }
}

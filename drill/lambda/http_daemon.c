#include "http_daemon.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct sockaddr_in
http_daemon_address(unsigned short port)
{
   return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
}

unsigned short
http_daemon_port(struct MHD_Daemon *daemon)
{
   const union MHD_DaemonInfo *info = daemon != NULL ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
   return info != NULL ? info->port : 0;
}

const char *
http_daemon_path(const char *target)
{
   static const char *const schemes[] = {"http://", "https://"};
   for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
      size_t length = strlen(schemes[i]);
      if (strncasecmp(target, schemes[i], length) == 0) {
         const char *path = strchr(target + length, '/');
         return path != NULL ? path : "/";
      }
   }
   return target;
}

const char *
http_daemon_header(struct MHD_Connection *connection, const char *name, const char *otherwise)
{
   const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
   return value != NULL ? value : otherwise;
}

enum MHD_Result
http_daemon_reply(struct MHD_Connection *connection,
                  unsigned status,
                  const char *body,
                  size_t length,
                  const struct http_header *headers,
                  size_t count)
{
   struct MHD_Response *response =
      MHD_create_response_from_buffer(length, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
   if (response == NULL) {
      return MHD_NO;
   }
   for (size_t i = 0; i < count; i++) {
      if (headers[i].value != NULL) {
         MHD_add_response_header(response, headers[i].name, headers[i].value);
      }
   }
   enum MHD_Result queued = MHD_queue_response(connection, status, response);
   MHD_destroy_response(response);
   return queued;
}

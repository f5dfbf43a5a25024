#include "http_daemon.h"

#include <arpa/inet.h>
#include <stddef.h>
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

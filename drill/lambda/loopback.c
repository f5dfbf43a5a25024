#include "loopback.h"

#include <arpa/inet.h>
#include <stddef.h>

struct sockaddr_in
loopback_address(unsigned short port)
{
   return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
}

unsigned short
loopback_port(struct MHD_Daemon *daemon)
{
   const union MHD_DaemonInfo *info = daemon != NULL ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
   return info != NULL ? info->port : 0;
}

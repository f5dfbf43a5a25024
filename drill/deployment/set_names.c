#include "set_names.h"

#include "isolation.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The function must see the drill's own /etc/resolv.conf. */
static int
check_resolver(struct drill_error *error)
{
   if (isolation_possible() == ISOLATION_NONE) {
      return drill_error_set(
         error,
         "--srv: cannot give the function its own /etc/resolv.conf, because neither mount nor user namespaces can be "
         "created here. Run the drill as root, or in a container with --cap-add SYS_ADMIN");
   }
   if (access("/etc/resolv.conf", F_OK) != 0) {
      return drill_error_set(
         error, "--srv: cannot read /etc/resolv.conf: %s. Create one; it may be empty", strerror(errno));
   }
   return 0;
}

static struct dns_zone
zone_of(struct front *front)
{
   struct dns_zone zone = {.domain = SET_NAMES_DOMAIN,
                           .set = FRONT_SET_NAME "." SET_NAMES_DOMAIN,
                           .text = "replicaSet=" FRONT_SET_NAME "&authSource=admin",
                           .member_count = FRONT_MEMBERS};
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      front_host(front, i, zone.members[i].host);
      zone.members[i].port = front_port(front, i);
   }
   return zone;
}

struct dns_server *
set_names_serve(struct front *front, unsigned round_trip_ms, struct witness *witness, struct drill_error *error)
{
   if (check_resolver(error) != 0) {
      return NULL;
   }
   const struct dns_zone zone = zone_of(front);
   return dns_server_new(&zone, round_trip_ms, witness, error);
}

void
set_names_follow(struct dns_server *server, struct front *front)
{
   const struct dns_zone zone = zone_of(front);
   dns_server_change_zone(server, &zone);
}

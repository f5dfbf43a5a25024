/*
 * dns_ports: the two sockets of a DNS server, on port 53 of an address that no other process listens on.
 */
#pragma once

#include "error.h"

#include <netinet/in.h>

struct dns_ports {
   int udp;
   int tcp; /* listens */
   char address[INET_ADDRSTRLEN];
};

/* Opens both, non-blocking. Returns 0; or -1 with error set, and both descriptors -1. Clear it in any case. */
int dns_ports_init(struct dns_ports *ports, struct drill_error *error);
void dns_ports_clear(struct dns_ports *ports);

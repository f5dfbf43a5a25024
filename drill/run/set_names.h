/*
 * set_names: the emulated replica set's names with --srv, and the DNS server that knows them.
 */
#ifndef FAAS_DRILL_SET_NAMES_H
#define FAAS_DRILL_SET_NAMES_H

#include "dns_server.h"
#include "front.h"

/* Reserved, so it is nobody's (RFC 6761). A driver takes hosts of the domain that the set's own name is in, which has
 * to have three parts (MongoDB's initial DNS seedlist discovery). */
#define SET_NAMES_DOMAIN "faas-drill.test"

/* For a front of that domain. NULL with error set: port 53 can't be had, or the function can't be shown an
 * /etc/resolv.conf of its own. */
struct dns_server *
set_names_serve(struct front *front, unsigned round_trip_ms, struct witness *witness, struct drill_error *error);

/* The members have other ports now. */
void set_names_follow(struct dns_server *server, struct front *front);

#endif

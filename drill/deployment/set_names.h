/*
 * set_names: the emulated replica set's names for --srv, and the DNS server that resolves them.
 */
#pragma once

#include "dns_server.h"
#include "front.h"

/* A reserved domain, so nobody owns it (RFC 6761). A driver accepts only hosts in the domain of the set's own name,
 * which must have three parts (MongoDB's initial DNS seedlist discovery). */
#define SET_NAMES_DOMAIN "faas-drill.test"

/* Starts the DNS server for a front of that domain. Returns NULL with error set if port 53 is not available, or if the
 * function can't be shown an /etc/resolv.conf of its own. */
struct dns_server *
set_names_serve(struct front *front, unsigned round_trip_ms, struct witness *witness, struct drill_error *error);

/* Updates the names after the members got other ports. */
void set_names_follow(struct dns_server *server, struct front *front);

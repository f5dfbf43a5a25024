/*
 * dns_server: answers DNS queries over UDP and TCP, on port 53 of a loopback address of this process alone, so that
 * drills that run at the same time have a server each.
 */
#pragma once

#include "dns_zone.h"
#include "error.h"
#include "witness.h"

struct dns_server;

/* Copies zone, and starts a thread. Tells witness of each query. Each answer comes round_trip_ms
 * late; the first answer of a TCP connection is twice as late. dns_server_new returns NULL with error set when it
 * fails, for example because this user may not listen on port 53. dns_server_destroy accepts NULL. */
struct dns_server *
dns_server_new(const struct dns_zone *zone, unsigned round_trip_ms, struct witness *witness, struct drill_error *error);
void dns_server_destroy(struct dns_server *server);

/* The text for /etc/resolv.conf. */
const char *dns_server_resolver(const struct dns_server *server);

/* Answers from a copy of zone from now on. Thread-safe, as is dns_server_round_trip. */
void dns_server_change_zone(struct dns_server *server, const struct dns_zone *zone);

void dns_server_round_trip(struct dns_server *server, unsigned round_trip_ms);

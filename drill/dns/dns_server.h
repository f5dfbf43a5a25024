/*
 * dns_server: answers DNS queries on port 53 of a loopback address of this process alone, over UDP and TCP, so that
 * drills beside each other have one each. Stands on dns_answer, witness.
 */
#ifndef FAAS_DRILL_DNS_SERVER_H
#define FAAS_DRILL_DNS_SERVER_H

#include "dns_zone.h"
#include "error.h"
#include "witness.h"

struct dns_server;

/* zone is copied; witness is told of each query, and may be NULL. Each answer comes round_trip_ms late, and the first
 * of a TCP connection twice. A thread of its own. NULL with error set, such as where this user may not listen on port
 * 53. destroy takes NULL. */
struct dns_server *
dns_server_new(const struct dns_zone *zone, unsigned round_trip_ms, struct witness *witness, struct drill_error *error);
void dns_server_destroy(struct dns_server *server);

/* What /etc/resolv.conf has to say. */
const char *dns_server_resolver(const struct dns_server *server);

/* Of later answers; is copied. Thread-safe, as the next one. */
void dns_server_change_zone(struct dns_server *server, const struct dns_zone *zone);

void dns_server_round_trip(struct dns_server *server, unsigned round_trip_ms);

#endif

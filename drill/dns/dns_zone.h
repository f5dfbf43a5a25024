/*
 * dns_zone: the names of the emulated replica set and their records: SRV and TXT, by which a mongodb+srv:// URI finds
 * the set (MongoDB's initial DNS seedlist discovery), and A for each member.
 */
#pragma once

#include <ldns/ldns.h>

#include <stdint.h>

#define DNS_MEMBERS_MAX 3
#define DNS_NAME_MAX 64

struct dns_member {
   char host[DNS_NAME_MAX]; /* "m1.faas-drill.test", at 127.0.0.1 */
   uint16_t port;
};

/* Names without a dot at their end, in lower case. */
struct dns_zone {
   char domain[DNS_NAME_MAX]; /* "faas-drill.test" */
   char set[DNS_NAME_MAX];    /* "drill.faas-drill.test", the URI's host; below domain, as the members' hosts are */
   char text[128];            /* of its TXT record: "replicaSet=drill&authSource=admin" */
   struct dns_member members[DNS_MEMBERS_MAX];
   unsigned member_count;
};

/* Adds to answer the records of that type that name has. name has no dot at its end, and may be in any case. Returns
 * the code to answer with: LDNS_RCODE_NOERROR, also when the name has no record of that type; NXDOMAIN; REFUSED for a
 * name of another domain; SERVFAIL when out of memory. */
ldns_pkt_rcode dns_zone_find(const struct dns_zone *zone, const char *name, ldns_rr_type type, ldns_pkt *answer);

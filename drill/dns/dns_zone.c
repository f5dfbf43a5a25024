#include "dns_zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SERVICE "_mongodb._tcp."
/* Atlas's TTL. */
#define TTL_SECONDS 60

/* A name that is looked for, and what came of it. */
struct search {
   const char *name;
   ldns_rr_type type;
   ldns_pkt *answer;
   ldns_pkt_rcode code;
};

/* Adds a record, written as in a zone file, if the search is for it. */
static void
offer(struct search *search, const char *owner, ldns_rr_type type, const char *data)
{
   if (strcasecmp(search->name, owner) != 0) {
      return;
   }
   search->code = search->code == LDNS_RCODE_NXDOMAIN ? LDNS_RCODE_NOERROR : search->code;
   if (search->type != type) {
      return;
   }
   char text[sizeof SERVICE + 3 * DNS_NAME_MAX + 160];
   ldns_rr *record = NULL;
   char *type_name = ldns_rr_type2str(type);
   (void)snprintf(text, sizeof text, "%s. %d IN %s %s", owner, TTL_SECONDS, type_name, data);
   free(type_name);
   if (ldns_rr_new_frm_str(&record, text, TTL_SECONDS, NULL, NULL) != LDNS_STATUS_OK ||
       !ldns_pkt_push_rr(search->answer, LDNS_SECTION_ANSWER, record)) {
      ldns_rr_free(record);
      search->code = LDNS_RCODE_SERVFAIL;
   }
}

static bool
is_within(const char *name, const char *domain)
{
   size_t length = strlen(name);
   size_t tail = strlen(domain);
   if (length < tail || strcasecmp(name + length - tail, domain) != 0) {
      return false;
   }
   return length == tail || name[length - tail - 1] == '.';
}

ldns_pkt_rcode
dns_zone_find(const struct dns_zone *zone, const char *name, ldns_rr_type type, ldns_pkt *answer)
{
   struct search search = {.name = name, .type = type, .answer = answer, .code = LDNS_RCODE_NXDOMAIN};
   char service[sizeof SERVICE + DNS_NAME_MAX], data[sizeof zone->text + 8];
   if (!is_within(name, zone->domain)) {
      return LDNS_RCODE_REFUSED;
   }
   (void)snprintf(service, sizeof service, SERVICE "%s", zone->set);
   (void)snprintf(data, sizeof data, "\"%s\"", zone->text);
   offer(&search, zone->set, LDNS_RR_TYPE_TXT, data);
   for (unsigned i = 0; i < zone->member_count; i++) {
      const struct dns_member *member = &zone->members[i];
      (void)snprintf(data, sizeof data, "0 0 %u %s.", (unsigned)member->port, member->host);
      offer(&search, service, LDNS_RR_TYPE_SRV, data);
      offer(&search, member->host, LDNS_RR_TYPE_A, "127.0.0.1");
   }
   return search.code;
}

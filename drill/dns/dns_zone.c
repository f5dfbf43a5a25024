#include "dns_zone.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SERVICE "_mongodb._tcp."
/* Atlas's TTL. */
#define TTL_SECONDS 60

/* Adds the record that text describes, as in a zone file. Returns false when out of memory. */
static bool
add_record(ldns_rr_list *list, const char *text)
{
   ldns_rr *record = NULL;
   if (ldns_rr_new_frm_str(&record, text, TTL_SECONDS, NULL, NULL) != LDNS_STATUS_OK) {
      return false;
   }
   if (!ldns_rr_list_push_rr(list, record)) {
      ldns_rr_free(record);
      return false;
   }
   return true;
}

static bool
add_services(const struct dns_zone *zone, ldns_rr_list *list)
{
   char text[sizeof SERVICE + 2 * DNS_NAME_MAX + 48];
   bool added = true;
   for (unsigned i = 0; i < zone->member_count; i++) {
      const struct dns_member *member = &zone->members[i];
      (void)snprintf(text,
                     sizeof text,
                     SERVICE "%s. %d IN SRV 0 0 %u %s.",
                     zone->set,
                     TTL_SECONDS,
                     (unsigned)member->port,
                     member->host);
      added = added && add_record(list, text);
   }
   return added;
}

static bool
add_text(const struct dns_zone *zone, ldns_rr_list *list)
{
   char text[DNS_NAME_MAX + sizeof zone->text + 32];
   (void)snprintf(text, sizeof text, "%s. %d IN TXT \"%s\"", zone->set, TTL_SECONDS, zone->text);
   return add_record(list, text);
}

static bool
add_address(const struct dns_member *member, ldns_rr_list *list)
{
   char text[DNS_NAME_MAX + 48];
   (void)snprintf(text, sizeof text, "%s. %d IN A 127.0.0.1", member->host, TTL_SECONDS);
   return add_record(list, text);
}

static ldns_pkt_rcode
result_of(bool added)
{
   return added ? LDNS_RCODE_NOERROR : LDNS_RCODE_SERVFAIL;
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
dns_zone_find(const struct dns_zone *zone, const char *name, ldns_rr_type type, ldns_rr_list *list)
{
   static const size_t service = sizeof SERVICE - 1;
   if (!is_within(name, zone->domain)) {
      return LDNS_RCODE_REFUSED;
   }
   if (strncasecmp(name, SERVICE, service) == 0 && strcasecmp(name + service, zone->set) == 0) {
      return result_of(type != LDNS_RR_TYPE_SRV || add_services(zone, list));
   }
   if (strcasecmp(name, zone->set) == 0) {
      return result_of(type != LDNS_RR_TYPE_TXT || add_text(zone, list));
   }
   for (unsigned i = 0; i < zone->member_count; i++) {
      if (strcasecmp(name, zone->members[i].host) == 0) {
         return result_of(type != LDNS_RR_TYPE_A || add_address(&zone->members[i], list));
      }
   }
   return LDNS_RCODE_NXDOMAIN;
}

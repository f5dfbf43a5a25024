#include "dns_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest message that is not cut into pieces on the way (dnsflagday.net/2020). */
#define UDP_SIZE 1232

static bool
read_question(const ldns_rr *asked, struct dns_question *question)
{
   char *name = ldns_rdf2str(ldns_rr_owner(asked));
   char *type = ldns_rr_type2str(ldns_rr_get_type(asked));
   bool read = name != NULL && type != NULL;
   if (read) {
      size_t length = strlen(name);
      length -= length > 1 && name[length - 1] == '.' ? 1 : 0;
      (void)snprintf(question->name, sizeof question->name, "%.*s", (int)length, name);
      (void)snprintf(question->type, sizeof question->type, "%s", type);
   }
   free(name);
   free(type);
   return read;
}

/* Returns LDNS_RCODE_NOERROR for a plain question, else the code to answer with. */
static ldns_pkt_rcode
check(const ldns_pkt *query)
{
   if (ldns_pkt_get_opcode(query) != LDNS_PACKET_QUERY) {
      return LDNS_RCODE_NOTIMPL;
   }
   if (ldns_pkt_qdcount(query) != 1) {
      return LDNS_RCODE_FORMERR;
   }
   const ldns_rr *asked = ldns_rr_list_rr(ldns_pkt_question(query), 0);
   return ldns_rr_get_class(asked) == LDNS_RR_CLASS_IN ? LDNS_RCODE_NOERROR : LDNS_RCODE_REFUSED;
}

static bool
copy_question(ldns_pkt *answer, const ldns_pkt *query)
{
   ldns_rr *asked = ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_question(query), 0));
   bool copied = asked != NULL && ldns_pkt_push_rr(answer, LDNS_SECTION_QUESTION, asked);
   if (!copied) {
      ldns_rr_free(asked);
   }
   return copied;
}

static void
set_header(ldns_pkt *answer, const ldns_pkt *query, ldns_pkt_rcode code)
{
   ldns_pkt_set_id(answer, ldns_pkt_id(query));
   ldns_pkt_set_opcode(answer, ldns_pkt_get_opcode(query));
   ldns_pkt_set_qr(answer, true);
   ldns_pkt_set_aa(answer, code == LDNS_RCODE_NOERROR || code == LDNS_RCODE_NXDOMAIN);
   ldns_pkt_set_rd(answer, ldns_pkt_rd(query));
   ldns_pkt_set_rcode(answer, (uint8_t)code);
   if (ldns_pkt_edns(query)) {
      ldns_pkt_set_edns_udp_size(answer, UDP_SIZE);
   }
}

static void
fill(ldns_pkt *answer, const struct dns_zone *zone, const ldns_pkt *query, struct dns_question *question)
{
   ldns_pkt_rcode code = check(query);
   if (code == LDNS_RCODE_NOERROR) {
      const ldns_rr *asked = ldns_rr_list_rr(ldns_pkt_question(query), 0);
      bool understood = copy_question(answer, query) && read_question(asked, question);
      code = understood ? dns_zone_find(zone, question->name, ldns_rr_get_type(asked), answer) : LDNS_RCODE_SERVFAIL;
   }
   set_header(answer, query, code);
}

bool
dns_answer(const struct dns_zone *zone, const uint8_t *message, size_t length, struct dns_reply *reply)
{
   *reply = (struct dns_reply){.bytes = NULL};
   ldns_pkt *query = NULL;
   if (ldns_wire2pkt(&query, message, length) != LDNS_STATUS_OK) {
      return false;
   }
   ldns_pkt *answer = ldns_pkt_qr(query) ? NULL : ldns_pkt_new();
   bool made = false;
   if (answer != NULL) {
      fill(answer, zone, query, &reply->question);
      made = ldns_pkt2wire(&reply->bytes, answer, &reply->length) == LDNS_STATUS_OK;
   }
   ldns_pkt_free(answer);
   ldns_pkt_free(query);
   return made;
}

enum dns_stream_next
dns_stream_next(struct dns_stream *stream, uint8_t query[DNS_QUERY_MAX], size_t *length)
{
   *length = 0;
   if (stream->length < DNS_PREFIX) {
      return DNS_STREAM_WAITS;
   }
   size_t wanted = (size_t)stream->bytes[0] << 8 | stream->bytes[1];
   if (wanted > DNS_QUERY_MAX) {
      return DNS_STREAM_BROKEN;
   }
   if (stream->length < DNS_PREFIX + wanted) {
      return DNS_STREAM_WAITS;
   }
   memcpy(query, stream->bytes + DNS_PREFIX, wanted);
   stream->length -= DNS_PREFIX + wanted;
   memmove(stream->bytes, stream->bytes + DNS_PREFIX + wanted, stream->length);
   *length = wanted;
   return DNS_STREAM_QUERY;
}

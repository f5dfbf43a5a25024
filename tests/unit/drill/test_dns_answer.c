/* Answers to DNS messages, read back by libldns. */
#include "dns_answer.h"
#include "test_main.h"

static const struct dns_zone zone = {
   .domain = "faas-drill.test",
   .set = "drill.faas-drill.test",
   .text = "replicaSet=drill&authSource=admin",
   .members = {{"m1.faas-drill.test", 1001}, {"m2.faas-drill.test", 1002}, {"m3.faas-drill.test", 65535}},
   .member_count = 3};

#define SERVICE "_mongodb._tcp.drill.faas-drill.test"

static uint8_t *
query_for(const char *name, ldns_rr_type type, ldns_rr_class class, size_t *length)
{
   uint8_t *message = NULL;
   ldns_pkt *query = ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, class, LDNS_RD);
   ldns_pkt_set_id(query, 4711);
   ldns_pkt_set_edns_udp_size(query, 4096);
   assert_int_equal(ldns_pkt2wire(&message, query, length), LDNS_STATUS_OK);
   ldns_pkt_free(query);
   return message;
}

static ldns_pkt *
ask(const char *name, ldns_rr_type type, ldns_rr_class class)
{
   size_t length;
   uint8_t *message = query_for(name, type, class, &length);
   struct dns_reply reply;
   ldns_pkt *answer = NULL;
   assert_true(dns_answer(&zone, message, length, &reply));
   assert_true(reply.length <= 512);
   assert_int_equal(ldns_wire2pkt(&answer, reply.bytes, reply.length), LDNS_STATUS_OK);
   assert_int_equal(ldns_pkt_id(answer), 4711);
   assert_true(ldns_pkt_qr(answer) && ldns_pkt_rd(answer) && !ldns_pkt_tc(answer));
   free(reply.bytes);
   free(message);
   return answer;
}

static void
check_records(const char *name, ldns_rr_type type, const char *const *wanted, size_t count)
{
   ldns_pkt *answer = ask(name, type, LDNS_RR_CLASS_IN);
   assert_int_equal(ldns_pkt_get_rcode(answer), LDNS_RCODE_NOERROR);
   assert_true(ldns_pkt_aa(answer));
   assert_int_equal(ldns_pkt_ancount(answer), count);
   for (size_t i = 0; i < count; i++) {
      bool found = false;
      for (size_t j = 0; j < count; j++) {
         char *text = ldns_rr2str(ldns_rr_list_rr(ldns_pkt_answer(answer), j));
         found = found || strstr(text, wanted[i]) != NULL;
         free(text);
      }
      assert_true(found);
   }
   ldns_pkt_free(answer);
}

TEST(a_set_is_found)
{
   static const char *const services[] = {
      "SRV\t0 0 1001 m1.faas-drill.test.", "SRV\t0 0 1002 m2.faas-drill.test.", "SRV\t0 0 65535 m3.faas-drill.test."};
   static const char *const text[] = {"TXT\t\"replicaSet=drill&authSource=admin\""};
   static const char *const address[] = {"A\t127.0.0.1"};
   check_records(SERVICE, LDNS_RR_TYPE_SRV, services, 3);
   /* RFC 4343; some resolvers mix upper and lower case as a defence against spoofing. */
   check_records("_MongoDB._TCP.drill.FAAS-drill.test", LDNS_RR_TYPE_SRV, services, 3);
   check_records("drill.faas-drill.test", LDNS_RR_TYPE_TXT, text, 1);
   check_records("m2.faas-drill.test", LDNS_RR_TYPE_A, address, 1);
   /* The name exists, but has nothing of that type. */
   check_records("m2.faas-drill.test", LDNS_RR_TYPE_AAAA, NULL, 0);
   check_records("drill.faas-drill.test", LDNS_RR_TYPE_SRV, NULL, 0);
}

TEST(other_names_are_refused)
{
   static const struct {
      const char *name;
      ldns_rr_class class;
      ldns_pkt_rcode code;
   } cases[] = {{"m4.faas-drill.test", LDNS_RR_CLASS_IN, LDNS_RCODE_NXDOMAIN},
                {"faas-drill.test", LDNS_RR_CLASS_IN, LDNS_RCODE_NXDOMAIN},
                {"_mongodb._tcp.m1.faas-drill.test", LDNS_RR_CLASS_IN, LDNS_RCODE_NXDOMAIN},
                {"example.com", LDNS_RR_CLASS_IN, LDNS_RCODE_REFUSED},
                {"m1.another-faas-drill.test", LDNS_RR_CLASS_IN, LDNS_RCODE_REFUSED},
                {".", LDNS_RR_CLASS_IN, LDNS_RCODE_REFUSED},
                {"m1.faas-drill.test", LDNS_RR_CLASS_CH, LDNS_RCODE_REFUSED}};
   for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      ldns_pkt *answer = ask(cases[i].name, LDNS_RR_TYPE_A, cases[i].class);
      assert_int_equal(ldns_pkt_get_rcode(answer), cases[i].code);
      assert_int_equal(ldns_pkt_ancount(answer), 0);
      ldns_pkt_free(answer);
   }
}

TEST(what_was_asked_is_told)
{
   size_t length;
   struct dns_reply reply;
   uint8_t *message = query_for(SERVICE, LDNS_RR_TYPE_SRV, LDNS_RR_CLASS_IN, &length);
   assert_true(dns_answer(&zone, message, length, &reply));
   assert_string_equal(reply.question.name, SERVICE);
   assert_string_equal(reply.question.type, "SRV");
   free(reply.bytes);
   free(message);
}

TEST(what_is_no_query_has_no_answer)
{
   size_t length;
   struct dns_reply reply;
   uint8_t *message = query_for(SERVICE, LDNS_RR_TYPE_SRV, LDNS_RR_CLASS_IN, &length);
   for (size_t cut = 0; cut < length; cut++) {
      bool answered = dns_answer(&zone, message, cut, &reply);
      assert_true(!answered && reply.bytes == NULL);
   }
   message[2] |= 0x80; /* an answer: two servers that answer each other would never stop */
   assert_false(dns_answer(&zone, message, length, &reply));
   message[2] = 0x20; /* NOTIFY */
   assert_true(dns_answer(&zone, message, length, &reply));
   assert_int_equal(reply.bytes[3] & 0x0f, LDNS_RCODE_NOTIMPL);
   free(reply.bytes);
   free(message);
}

/* How the drill's DNS server treats a client's bytes.
 * - An answer has the query's number, fits a UDP message without extensions, and libldns can read it.
 * - It has no more records than the zone has for one name, and none unless the code is NOERROR.
 * - An answer gets no answer. Over TCP the same queries result however the bytes are cut.
 *
 * The first byte of the input is u, and a message follows; or t, then the number of bytes per piece, and a stream. */
#include "dns_answer.h"
#include "fuzz_target.h"

static const struct dns_zone zone = {
   .domain = "faas-drill.test",
   .set = "drill.faas-drill.test",
   .text = "replicaSet=drill&authSource=admin",
   .members = {{"m1.faas-drill.test", 1001}, {"m2.faas-drill.test", 1002}, {"m3.faas-drill.test", 1003}},
   .member_count = 3};

static void
check_answer(const uint8_t *message, size_t length, const struct dns_reply *reply)
{
   ldns_pkt *answer = NULL;

   require(length >= LDNS_HEADER_SIZE && (message[2] & 0x80) == 0, "no answer to what is none");
   require(reply->length >= LDNS_HEADER_SIZE && reply->length <= 512, "an answer that fits");
   require(memcmp(reply->bytes, message, 2) == 0, "the query's number");
   require(ldns_wire2pkt(&answer, reply->bytes, reply->length) == LDNS_STATUS_OK, "a well-formed answer");
   require(ldns_pkt_qr(answer) && ldns_pkt_ancount(answer) <= zone.member_count, "records of one name");
   require(ldns_pkt_ancount(answer) == 0 || ldns_pkt_get_rcode(answer) == LDNS_RCODE_NOERROR, "records or an error");
   ldns_pkt_free(answer);
}

static void
take(const uint8_t *data, size_t size)
{
   uint8_t *message = copy_of(data, size);
   struct dns_reply reply;

   if (dns_answer(&zone, message, size, &reply)) {
      require(memchr(reply.question.name, '\0', sizeof reply.question.name) != NULL, "a name that ends");
      check_answer(message, size, &reply);
   } else {
      require(reply.bytes == NULL, "nothing to free");
   }
   free(reply.bytes);
   free(message);
}

static void
take_stream(const uint8_t *data, size_t size, size_t piece)
{
   struct dns_stream stream = {.length = 0};
   uint8_t query[DNS_QUERY_MAX];
   size_t length, taken = 0;
   enum dns_stream_next next = DNS_STREAM_WAITS;

   while (taken < size && next != DNS_STREAM_BROKEN) {
      size_t room = sizeof stream.bytes - stream.length;
      size_t part = size - taken < piece ? size - taken : piece;

      part = part < room ? part : room;
      require(part > 0, "room for more");
      memcpy(stream.bytes + stream.length, data + taken, part);
      stream.length += part;
      taken += part;
      while ((next = dns_stream_next(&stream, query, &length)) == DNS_STREAM_QUERY) {
         require(length <= DNS_QUERY_MAX && stream.length <= sizeof stream.bytes, "a query");
         require(memcmp(query, data + taken - stream.length - length, length) == 0, "the bytes that were sent");
         take(query, length);
      }
   }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   if (size > 0 && data[0] == 'u') {
      take(data + 1, size - 1);
   } else if (size > 1 && data[0] == 't') {
      take_stream(data + 2, size - 2, data[1] == 0 ? 1 : data[1]);
   }
   return 0;
}

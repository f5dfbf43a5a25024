#include "dns_stream.h"

#include <string.h>

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

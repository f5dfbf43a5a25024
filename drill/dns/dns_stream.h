/*
 * dns_stream: splits what a client sends over TCP into queries, each of which has its length before it (RFC 1035,
 * 4.2.2).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A query has one name of at most 255 bytes, and perhaps extensions. */
#define DNS_QUERY_MAX 1024
#define DNS_PREFIX 2

/* An empty one is all zero. Append received bytes after the first length bytes. */
struct dns_stream {
   size_t length;
   uint8_t bytes[DNS_PREFIX + DNS_QUERY_MAX];
};

enum dns_stream_next {
   DNS_STREAM_WAITS, /* the next query is not complete */
   DNS_STREAM_QUERY,
   DNS_STREAM_BROKEN, /* the next query is longer than any may be */
};

/* Takes the next query out of the stream. */
enum dns_stream_next dns_stream_next(struct dns_stream *stream, uint8_t query[DNS_QUERY_MAX], size_t *length);

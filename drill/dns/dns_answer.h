/*
 * dns_answer: answers one DNS message (RFC 1035), which libldns reads and makes, and finds the messages in a stream.
 */
#pragma once

#include "dns_zone.h"

#include <stddef.h>

/* What was asked. Empty when the message was not a question. */
struct dns_question {
   char name[256]; /* no dot at its end; cut when longer */
   char type[16];  /* "SRV" */
};

struct dns_reply {
   uint8_t *bytes; /* free() it */
   size_t length;  /* fits a UDP message without extensions */
   struct dns_question question;
};

/* Returns false when no answer is due, because the message is malformed or is an answer itself; or when out of memory.
 */
bool dns_answer(const struct dns_zone *zone, const uint8_t *message, size_t length, struct dns_reply *reply);

/* A query has one name of at most 255 bytes, and perhaps extensions. */
#define DNS_QUERY_MAX 1024
#define DNS_PREFIX 2

/* What a client sends over TCP: queries, each of which has its length before it (RFC 1035, 4.2.2). An empty one is all
 * zero. Append received bytes after the first length bytes. */
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

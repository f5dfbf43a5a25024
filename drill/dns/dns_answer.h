/*
 * dns_answer: answers one DNS message (RFC 1035), which libldns reads and makes.
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

/*
 * dns_answer: the answer to one DNS message (RFC 1035), read and made by libldns. Stands on dns_zone.
 */
#ifndef FAAS_DRILL_DNS_ANSWER_H
#define FAAS_DRILL_DNS_ANSWER_H

#include "dns_zone.h"

#include <stddef.h>

/* What was asked; empty where the message was no question. */
struct dns_question {
   char name[256]; /* no dot at its end; cut when longer */
   char type[16];  /* "SRV" */
};

struct dns_reply {
   uint8_t *bytes; /* free() it */
   size_t length;  /* fits a UDP message without extensions */
   struct dns_question question;
};

/* False where no answer is due: what came is malformed, or an answer itself; or out of memory. */
bool dns_answer(const struct dns_zone *zone, const uint8_t *message, size_t length, struct dns_reply *reply);

#endif

/*
 * wire: MongoDB's wire protocol, as today's servers speak it: OP_MSG, and OP_QUERY answered by OP_REPLY, which drivers
 * use for their first hello.
 */
#pragma once

#include "buffer.h"

#include <bson/bson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_HEADER 16
/* maxMessageSizeBytes of every server since 3.0. */
#define WIRE_MESSAGE_MAX 48000000
#define WIRE_SEQUENCES_MAX 4

enum wire_opcode { WIRE_OP_REPLY = 1, WIRE_OP_QUERY = 2004, WIRE_OP_MSG = 2013 };

/* Flags of OP_MSG. */
#define WIRE_CHECKSUM_PRESENT (1U << 0)
#define WIRE_MORE_TO_COME (1U << 1)
#define WIRE_EXHAUST_ALLOWED (1U << 16)
/* Flag of OP_QUERY. */
#define WIRE_SECONDARY_OK (1U << 2)

struct wire_sequence {
   const char *name;
   const uint8_t *bytes;
   size_t length;
};

/* Points into the bytes it was parsed from. */
struct wire_message {
   int32_t request_id;
   int32_t response_to;
   int32_t opcode;
   uint32_t flags;
   bson_t body;
   struct wire_sequence sequences[WIRE_SEQUENCES_MAX];
   size_t sequence_count;
};

/* The length of the message that begins here. 0: too few bytes. -1: no message may have that length. */
int32_t wire_length(const uint8_t *bytes, size_t count);

/* Returns false unless bytes are exactly one well-formed OP_MSG, OP_QUERY or OP_REPLY with one document. */
bool wire_parse(const uint8_t *bytes, size_t length, struct wire_message *message);

/* The documents of the command's list called name, whether in a sequence or an array of the body. */
struct wire_documents {
   const uint8_t *bytes;
   size_t left;
   bson_iter_t iterator;
   bool in_body;
};

bool wire_documents_init(struct wire_documents *documents, const struct wire_message *message, const char *name);
/* Returns false at the end, or at an element that is not a document. */
bool wire_documents_next(struct wire_documents *documents, bson_t *document);

/* wire_append_msg appends an OP_MSG, wire_append_reply an OP_REPLY that answers an OP_QUERY. Both return false when out
 * of memory. */
bool
wire_append_msg(struct buffer *buffer, int32_t request_id, int32_t response_to, uint32_t flags, const bson_t *body);
bool wire_append_reply(struct buffer *buffer, int32_t request_id, int32_t response_to, const bson_t *body);

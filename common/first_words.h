/*
 * first_words: what the first bytes on a connection show: a client of MongoDB, TLS, or a server that is not MongoDB,
 * with a description. A driver says only that it could not connect, or that a message was too long.
 */
#ifndef FAAS_COMMON_FIRST_WORDS_H
#define FAAS_COMMON_FIRST_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define FIRST_WORDS_TEXT_MAX 160

/* Returns true, and a description such as "an HTTP server (HTTP/1.1 400 Bad Request)", if the bytes that the server
 * sent cannot begin a reply in MongoDB's wire protocol. Returns false if there are too few bytes to decide. */
bool first_words_are_foreign(const void *bytes, size_t length, char *text, size_t size);

/* True if a client of MongoDB may begin with these bytes. Wire protocol: a message begins with messageLength,
 * requestID, responseTo and opCode, each a little-endian int32; a client's first message is OP_QUERY (2004), OP_MSG
 * (2013) or OP_COMPRESSED (2012). */
bool first_words_are_wire_protocol(const void *bytes, size_t length);

/* True if a client of TLS may begin with these bytes. RFC 8446, 5.1: a record of type handshake (22), legacy version
 * 3.x. */
bool first_words_are_tls(const void *bytes, size_t length);

/* True if this byte, the type of a record, may begin a server's answer in TLS. */
bool first_words_are_tls_record(const void *byte);

#endif

/*
 * tls: TLS on the front's ports, by OpenSSL. At start an authority is made that signs one certificate for 127.0.0.1,
 * localhost and the names of a domain; its key is then discarded.
 */
#pragma once

#include "buffer.h"
#include "error.h"

/* TLS of a set. domain may be NULL. tls_new returns NULL with error set if it fails. tls_destroy accepts NULL. */
struct tls;
struct tls *tls_new(const char *domain, struct drill_error *error);
void tls_destroy(struct tls *tls);

/* Writes the authority's certificate, for clients, into a new file that everybody may read. */
int tls_write_authority(const struct tls *tls, const char *path, struct drill_error *error);

/* TLS of one connection. tls_session_new returns NULL when out of memory. tls_session_destroy accepts NULL. */
struct tls_session;
struct tls_session *tls_session_new(const struct tls *tls);
void tls_session_destroy(struct tls_session *session);

/* Like buffer_receive. Also returns BUFFER_GONE if a client does not speak TLS, or does not trust the certificate. */
enum buffer_io tls_receive(struct tls_session *session, struct buffer *plain, int descriptor);
/* Encrypts all of plain, and takes it. Returns false if that fails. */
bool tls_write(struct tls_session *session, struct buffer *plain);
/* Tells the client that the stream ends here and was not cut off. */
void tls_end(struct tls_session *session);
/* The bytes to be sent by now, from all of the calls above. Returns NULL when out of memory. */
struct buffer *tls_output(struct tls_session *session);

/* How many round trips the handshake took. 0: it is not complete. */
unsigned tls_round_trips(const struct tls_session *session);

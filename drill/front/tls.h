/*
 * tls: TLS on the front's ports, by OpenSSL, with a key and a certificate of this process alone: an authority is made
 * at start, signs one certificate for 127.0.0.1, localhost and the names of a domain, and its key is thrown away.
 * Stands on buffer.
 */
#ifndef FAAS_DRILL_FRONT_TLS_H
#define FAAS_DRILL_FRONT_TLS_H

#include "buffer.h"
#include "error.h"

/* Of a set; domain may be NULL. NULL with error set. destroy takes NULL. */
struct tls;
struct tls *tls_new(const char *domain, struct drill_error *error);
void tls_destroy(struct tls *tls);

/* Writes the authority's certificate, for clients, into a new file that anybody may read. */
int tls_write_authority(const struct tls *tls, const char *path, struct drill_error *error);

/* Of one connection. NULL when out of memory. destroy takes NULL. */
struct tls_session;
struct tls_session *tls_session_new(const struct tls *tls);
void tls_session_destroy(struct tls_session *session);

/* As buffer_receive. BUFFER_GONE also after a client that speaks no TLS, or does not trust the certificate. */
enum buffer_io tls_receive(struct tls_session *session, struct buffer *plain, int descriptor);
/* Takes all of plain. False when that fails. */
bool tls_write(struct tls_session *session, struct buffer *plain);
/* The client shall know that nothing was cut off. */
void tls_end(struct tls_session *session);
/* What is to be sent by now, of all of these; NULL when out of memory. */
struct buffer *tls_output(struct tls_session *session);

/* How many round trips the handshake took; 0: it is not over. */
unsigned tls_round_trips(const struct tls_session *session);

#endif

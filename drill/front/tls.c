#include "tls.h"

#include "certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 16384

struct tls {
   SSL_CTX *context;
   X509 *authority;
};

/* OpenSSL reads and writes memory only, because the front itself must handle every byte on the socket, whose
 * connections it ends in several ways. */
struct tls_session {
   SSL *ssl;
   BIO *in;
   BIO *out;
   struct buffer received; /* encrypted, as received */
   struct buffer waiting;  /* encrypted, to be sent */
};

struct tls *
tls_new(const char *domain, struct drill_error *error)
{
   struct certificate certificate = {0};
   struct tls *tls = calloc(1, sizeof *tls);
   bool made = tls != NULL && certificate_init(&certificate, domain);
   if (made) {
      tls->context = SSL_CTX_new(TLS_server_method());
      made = tls->context != NULL && SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) == 1 &&
             SSL_CTX_use_certificate(tls->context, certificate.own) == 1 &&
             SSL_CTX_use_PrivateKey(tls->context, certificate.key) == 1 && X509_up_ref(certificate.authority) == 1;
   }
   if (made) {
      tls->authority = certificate.authority;
      SSL_CTX_set_mode(tls->context, SSL_MODE_RELEASE_BUFFERS);
   } else {
      drill_error_set(error, "cannot create a certificate for --secure: OpenSSL failed, or out of memory");
      tls_destroy(tls);
      tls = NULL;
   }
   certificate_clear(&certificate);
   ERR_clear_error();
   return tls;
}

void
tls_destroy(struct tls *tls)
{
   if (tls != NULL) {
      SSL_CTX_free(tls->context);
      X509_free(tls->authority);
      free(tls);
   }
}

int
tls_write_authority(const struct tls *tls, const char *path, struct drill_error *error)
{
   int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
   FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
   bool written = file != NULL && PEM_write_X509(file, tls->authority) == 1;
   if (file != NULL) {
      written = fclose(file) == 0 && written;
   } else if (descriptor >= 0) {
      close(descriptor);
   }
   if (!written) {
      drill_error_set(error, "cannot write the certificate %s: %s", path, strerror(errno));
   }
   return written ? 0 : -1;
}

struct tls_session *
tls_session_new(const struct tls *tls)
{
   struct tls_session *session = calloc(1, sizeof *session);
   if (session == NULL) {
      return NULL;
   }
   session->ssl = SSL_new(tls->context);
   session->in = BIO_new(BIO_s_mem());
   session->out = BIO_new(BIO_s_mem());
   if (session->ssl == NULL || session->in == NULL || session->out == NULL) {
      BIO_free(session->in);
      BIO_free(session->out);
      SSL_free(session->ssl);
      free(session);
      return NULL;
   }
   SSL_set_bio(session->ssl, session->in, session->out);
   SSL_set_accept_state(session->ssl);
   return session;
}

void
tls_session_destroy(struct tls_session *session)
{
   if (session != NULL) {
      SSL_free(session->ssl);
      buffer_clear(&session->received);
      buffer_clear(&session->waiting);
      free(session);
   }
}

/* Appends to plain what can be decrypted by now. Returns false if TLS failed or ended, or when out of memory. */
static bool
decrypt(struct tls_session *session, struct buffer *plain)
{
   char chunk[CHUNK];
   size_t got = 0;
   while (SSL_read_ex(session->ssl, chunk, sizeof chunk, &got) == 1) {
      if (!buffer_append(plain, chunk, got)) {
         return false;
      }
   }
   bool more = SSL_get_error(session->ssl, 0) == SSL_ERROR_WANT_READ;
   ERR_clear_error();
   return more;
}

enum buffer_io
tls_receive(struct tls_session *session, struct buffer *plain, int descriptor)
{
   enum buffer_io received = buffer_receive(&session->received, descriptor);
   size_t length = session->received.length;
   bool well = length == 0 || BIO_write(session->in, buffer_bytes(&session->received), (int)length) == (int)length;
   buffer_consume(&session->received, length);
   return well && decrypt(session, plain) ? received : BUFFER_GONE;
}

bool
tls_write(struct tls_session *session, struct buffer *plain)
{
   while (plain->length > 0) {
      size_t taken = 0;
      size_t length = plain->length < CHUNK ? plain->length : CHUNK;
      if (SSL_write_ex(session->ssl, buffer_bytes(plain), length, &taken) != 1) {
         ERR_clear_error();
         return false;
      }
      buffer_consume(plain, taken);
   }
   return true;
}

void
tls_end(struct tls_session *session)
{
   if (SSL_is_init_finished(session->ssl)) {
      SSL_shutdown(session->ssl);
   }
   ERR_clear_error();
}

struct buffer *
tls_output(struct tls_session *session)
{
   char *bytes = NULL;
   long length = BIO_get_mem_data(session->out, &bytes);
   if (length > 0 && !buffer_append(&session->waiting, bytes, (size_t)length)) {
      return NULL;
   }
   (void)BIO_reset(session->out);
   return &session->waiting;
}

unsigned
tls_round_trips(const struct tls_session *session)
{
   if (!SSL_is_init_finished(session->ssl)) {
      return 0;
   }
   return SSL_version(session->ssl) == TLS1_2_VERSION && SSL_session_reused(session->ssl) == 0 ? 2 : 1;
}

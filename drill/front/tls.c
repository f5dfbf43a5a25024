#include "tls.h"

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 16384

/* The certificate's validity, relative to now: wide enough for clocks that are wrong. */
#define BEFORE_SECONDS (-24L * 3600)
#define AFTER_SECONDS (30L * 24 * 3600)

#define NAMES_MAX 160

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

/* --- certificates ------------------------------------------------------------------------------------------------- */

static bool
add_extension(X509 *to, X509 *issuer, int kind, const char *value)
{
   X509V3_CTX context;
   X509V3_set_ctx_nodb(&context);
   X509V3_set_ctx(&context, issuer, to, NULL, NULL, 0);
   X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
   bool added = extension != NULL && X509_add_ext(to, extension, -1) == 1;
   X509_EXTENSION_free(extension);
   return added;
}

static bool
set_serial(X509 *certificate)
{
   uint64_t number = 0;
   return RAND_bytes((unsigned char *)&number, sizeof number) == 1 &&
          ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number >> 1) == 1;
}

static bool
set_names(X509 *certificate, const char *name, const X509 *issuer)
{
   X509_NAME *subject = X509_NAME_new();
   bool set = subject != NULL &&
              X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1 &&
              X509_set_subject_name(certificate, subject) == 1 &&
              X509_set_issuer_name(certificate, issuer == NULL ? subject : X509_get_subject_name(issuer)) == 1;
   X509_NAME_free(subject);
   return set;
}

/* Makes a certificate for key, not signed yet. issuer NULL: the certificate itself. Returns NULL when OpenSSL fails. */
static X509 *
make(const char *name, EVP_PKEY *key, const X509 *issuer)
{
   X509 *certificate = X509_new();
   if (certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
       X509_gmtime_adj(X509_getm_notBefore(certificate), BEFORE_SECONDS) != NULL &&
       X509_gmtime_adj(X509_getm_notAfter(certificate), AFTER_SECONDS) != NULL &&
       X509_set_pubkey(certificate, key) == 1 && set_names(certificate, name, issuer)) {
      return certificate;
   }
   X509_free(certificate);
   return NULL;
}

static X509 *
make_authority(EVP_PKEY *key)
{
   X509 *authority = make("faas-drill's authority", key, NULL);
   if (authority != NULL && add_extension(authority, authority, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
       add_extension(authority, authority, NID_key_usage, "critical,keyCertSign,cRLSign") &&
       add_extension(authority, authority, NID_subject_key_identifier, "hash") &&
       X509_sign(authority, key, EVP_sha256()) > 0) {
      return authority;
   }
   X509_free(authority);
   return NULL;
}

static X509 *
make_own(EVP_PKEY *key, X509 *authority, EVP_PKEY *authority_key, const char *domain)
{
   char names[NAMES_MAX];
   (void)snprintf(names,
                  sizeof names,
                  "IP:127.0.0.1,DNS:localhost%s%s",
                  domain == NULL ? "" : ",DNS:*.",
                  domain == NULL ? "" : domain);
   X509 *own = make("localhost", key, authority);
   if (own != NULL && add_extension(own, authority, NID_basic_constraints, "critical,CA:FALSE") &&
       add_extension(own, authority, NID_key_usage, "critical,digitalSignature") &&
       add_extension(own, authority, NID_ext_key_usage, "serverAuth") &&
       add_extension(own, authority, NID_subject_alt_name, names) &&
       add_extension(own, authority, NID_subject_key_identifier, "hash") &&
       add_extension(own, authority, NID_authority_key_identifier, "keyid:always") &&
       X509_sign(own, authority_key, EVP_sha256()) > 0) {
      return own;
   }
   X509_free(own);
   return NULL;
}

/* --- TLS of a set ------------------------------------------------------------------------------------------------- */

struct tls *
tls_new(const char *domain, struct drill_error *error)
{
   struct tls *tls = calloc(1, sizeof *tls);
   EVP_PKEY *authority_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
   X509 *own = NULL;
   if (tls != NULL && authority_key != NULL && key != NULL) {
      tls->context = SSL_CTX_new(TLS_server_method());
      tls->authority = make_authority(authority_key);
      own = tls->authority == NULL ? NULL : make_own(key, tls->authority, authority_key, domain);
   }
   if (own != NULL && tls->context != NULL && SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) == 1 &&
       SSL_CTX_use_certificate(tls->context, own) == 1 && SSL_CTX_use_PrivateKey(tls->context, key) == 1) {
      SSL_CTX_set_mode(tls->context, SSL_MODE_RELEASE_BUFFERS);
   } else {
      drill_error_set(error, "cannot create a certificate for --secure: OpenSSL failed, or out of memory");
      tls_destroy(tls);
      tls = NULL;
   }
   X509_free(own);
   EVP_PKEY_free(key);
   EVP_PKEY_free(authority_key);
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
   } else {
      descriptors_close(descriptor);
   }
   if (!written) {
      drill_error_set(error, "cannot write the certificate %s: %s", path, strerror(errno));
   }
   return written ? 0 : -1;
}

/* --- TLS of a connection ------------------------------------------------------------------------------------------ */

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

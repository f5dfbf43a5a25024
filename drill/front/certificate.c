#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>

/* The certificate's validity, relative to now: wide enough for clocks that are wrong. */
#define BEFORE_SECONDS (-24L * 3600)
#define AFTER_SECONDS (30L * 24 * 3600)

#define NAMES_MAX 160

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

bool
certificate_init(struct certificate *certificate, const char *domain)
{
   EVP_PKEY *authority_key = EVP_EC_gen("P-256");
   certificate->key = EVP_EC_gen("P-256");
   if (authority_key != NULL && certificate->key != NULL) {
      certificate->authority = make_authority(authority_key);
   }
   if (certificate->authority != NULL) {
      certificate->own = make_own(certificate->key, certificate->authority, authority_key, domain);
   }
   EVP_PKEY_free(authority_key);
   return certificate->own != NULL;
}

void
certificate_clear(struct certificate *certificate)
{
   X509_free(certificate->authority);
   X509_free(certificate->own);
   EVP_PKEY_free(certificate->key);
   *certificate = (struct certificate){0};
}

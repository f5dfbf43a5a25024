/*
 * certificate: a key and a certificate for 127.0.0.1, localhost and the names of a domain, signed by an authority that
 * is made for it alone and whose key is not kept.
 */
#ifndef FAAS_DRILL_FRONT_CERTIFICATE_H
#define FAAS_DRILL_FRONT_CERTIFICATE_H

#include <openssl/x509.h>
#include <stdbool.h>

struct certificate {
   X509 *authority;
   X509 *own;
   EVP_PKEY *key;
};

/* domain may be NULL; certificate must be zeroed before. Returns false when OpenSSL fails. Clear it in any case. */
bool certificate_init(struct certificate *certificate, const char *domain);
void certificate_clear(struct certificate *certificate);

#endif
